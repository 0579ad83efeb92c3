// Python's tokens (Python 3.13's lexical analysis), as far as a reader of calls needs them: names, numbers, operators, strings
// with their escapes undone, ends of logical lines. Comments are left out; what stands between the braces of an f-string is
// read as code. Indentation is not followed, but for what begins at the margin. Whatever is no Python still gives tokens: nothing here throws.

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'op' | 'end';
  /** A string's content; what stands there otherwise. */
  readonly text: string;
  /** Character in the source. */
  readonly at: number;
  /** True for a name at the very beginning of a line: what stands there is in no function. */
  readonly margin?: true;
}

/** CWE-400: more tokens than the longest file of a model's code has. */
const MAX_TOKENS = 400_000;
/** f-strings inside f-strings (CWE-674). */
const MAX_DEPTH = 4;

const OPERATORS = ['**=', '//=', '>>=', '<<=', '...', '->', ':=', '==', '!=', '<=', '>=', '**', '//', '<<', '>>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '@='];
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[\d][\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)[jJ]?/y;
const STRING_START = /([rRbBuUfFtT]{0,2})("""|'''|"|')/y;

export function tokensOf(source: string, offset = 0, depth = 0): Token[] {
  const tokens: Token[] = [];
  let open = 0;
  let at = 0;
  const end = (): void => {
    if (tokens.length > 0 && tokens.at(-1)?.kind !== 'end') tokens.push({ kind: 'end', text: '', at: offset + at });
  };
  while (at < source.length && tokens.length < MAX_TOKENS) {
    const character = source[at] ?? '';
    if (character === '\n') {
      if (open === 0) end();
      at++;
    } else if (character === ';' && open === 0) {
      end();
      at++;
    } else if (character === '\\' && /\r?\n/y.test(source.slice(at + 1, at + 3))) {
      at += source[at + 1] === '\r' ? 3 : 2;
    } else if (character === '#') {
      const next = source.indexOf('\n', at);
      at = next < 0 ? source.length : next;
    } else if (/\s/.test(character)) {
      at++;
    } else {
      STRING_START.lastIndex = at;
      const string = STRING_START.exec(source);
      if (string !== null) {
        const [whole, prefix = '', quote = ''] = string;
        const begin = at + whole.length;
        const close = endOfString(source, begin, quote);
        const inner = source.slice(begin, close);
        const raw = /r/i.test(prefix);
        tokens.push({ kind: 'string', text: raw ? inner : unescape(inner), at: offset + at });
        if (/[ft]/i.test(prefix) && depth < MAX_DEPTH) {
          for (const { begin: from, text } of bracesOf(inner)) {
            const place = offset + begin + from;
            tokens.push({ kind: 'op', text: '+', at: place }, { kind: 'op', text: '(', at: place });
            for (const token of tokensOf(text, place, depth + 1)) if (token.kind !== 'end') tokens.push(token);
            tokens.push({ kind: 'op', text: ')', at: place });
          }
        }
        at = Math.min(source.length, close + quote.length);
        continue;
      }
      const word = match(NAME, source, at) ?? undefined;
      if (word !== undefined) {
        tokens.push({ kind: 'name', text: word, at: offset + at, ...(depth === 0 && open === 0 && (at === 0 || source[at - 1] === '\n') ? { margin: true as const } : {}) });
        at += word.length;
        continue;
      }
      const number = match(NUMBER, source, at);
      if (number !== undefined && number !== '') {
        tokens.push({ kind: 'number', text: number.replaceAll('_', ''), at: offset + at });
        at += number.length;
        continue;
      }
      const operator = OPERATORS.find((candidate) => source.startsWith(candidate, at)) ?? character;
      if ('([{'.includes(operator)) open++;
      if (')]}'.includes(operator)) open = Math.max(0, open - 1);
      tokens.push({ kind: 'op', text: operator, at: offset + at });
      at += operator.length;
    }
  }
  end();
  return tokens;
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/** Where the closing quote stands; the end of the line (of the file) where it is missing. */
function endOfString(source: string, begin: number, quote: string): number {
  for (let at = begin; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (source.startsWith(quote, at)) return at;
    else if (character === '\n' && quote.length === 1) return at;
  }
  return source.length;
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' };

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g, (whole, two?: string, four?: string, eight?: string, octal?: string, one?: string) => {
    const code = octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(two ?? four ?? eight ?? '', 16);
    if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    return one === undefined ? whole : (SIMPLE[one] ?? whole);
  });
}

/** What stands between single braces of an f-string. */
function bracesOf(text: string): { readonly begin: number; readonly text: string }[] {
  const found: { begin: number; text: string }[] = [];
  for (let at = text.indexOf('{'); at >= 0 && found.length < 64; at = text.indexOf('{', at)) {
    if (text[at + 1] === '{') {
      at += 2;
      continue;
    }
    let depth = 0;
    let end = at;
    for (; end < text.length; end++) {
      if (text[end] === '{') depth++;
      else if (text[end] === '}' && --depth === 0) break;
    }
    found.push({ begin: at + 1, text: text.slice(at + 1, end) });
    at = end + 1;
  }
  return found;
}
