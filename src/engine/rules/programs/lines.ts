// Lines of scripts and builds as their interpreter sees them: continued ones joined, make's '$$' and the variables and carets of
// batch files undone; and the statements of build scripts, with the texts in them one behind another, which is the command where
// its words stand in separate strings (Command::new("sh").arg("-c")). What it can miss: variables of other shells, functions.

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** CWE-400. */
const MAX_LINES = 20_000;
const MAX_JOINED = 64;
const MAX_VARIABLES = 64;
const MAX_LINE = 4000;
const MAX_WORDS = 200;

export function logicalLines(text: string, name: string): Line[] {
  const batch = /\.(?:bat|cmd)$/i.test(name);
  const continued = batch ? /\^\r?$/ : /\.ps(?:1|m1)$/i.test(name) ? /`\r?$/ : /\\\r?$/;
  const lines: Line[] = [];
  const physical = text.split('\n', MAX_LINES);
  for (let i = 0; i < physical.length; ) {
    const line = i + 1;
    let whole = physical[i++] ?? '';
    for (let joined = 0; joined < MAX_JOINED && continued.test(whole) && i < physical.length && whole.length < MAX_LINE; joined++) whole = `${whole.replace(continued, ' ')}${(physical[i++] ?? '').trimStart()}`;
    lines.push({ text: whole.replace(/\r$/, ''), line });
  }
  return batch ? withVariables(lines) : /(?:^|[/!])(?:GNU)?makefile[\w.-]{0,40}$|\.mk$/i.test(name) ? lines.map((one) => ({ ...one, text: one.text.replaceAll('$$', '$') })) : lines;
}

/** 'set p=power' and '%p%shell', 'pow^ershell'. */
function withVariables(lines: readonly Line[]): Line[] {
  const values = new Map<string, string>();
  return lines.map(({ text, line }) => {
    const plain = text.slice(0, MAX_LINE).replaceAll('^', '').replace(/%(\w{1,60})%/g, (whole, name: string) => values.get(name.toLowerCase()) ?? whole).slice(0, MAX_LINE);
    const set = /^\s{0,40}@?set\s{1,4}"?(\w{1,60})=([^"]{0,400})"?\s{0,40}$/i.exec(plain);
    if (set !== null && values.size < MAX_VARIABLES) values.set((set[1] ?? '').toLowerCase(), (set[2] ?? '').trim());
    return { text: plain, line };
  });
}

export interface Statement extends Line {
  /** The texts in it, one behind another. */
  readonly words: string;
}

/** Statements of Rust, Groovy, Kotlin, CMake and kin: to the end of the line or ';' outside of brackets; chains go on with '.'. */
export function statementsOf(text: string, comment: '//' | '#'): Statement[] {
  const found: Statement[] = [];
  // CMake writes variables in braces and lists with semicolons.
  const ends = comment === '//' ? '{};' : '';
  let [begin, depth, line, first, blank] = [0, 0, 1, 1, true];
  let words: string[] = [];
  const end = (at: number): void => {
    if (!blank && found.length < MAX_LINES) found.push({ text: text.slice(begin, Math.min(at, begin + MAX_LINE)).trim().replace(/\s+/g, ' '), line: first, words: words.join(' ').slice(0, MAX_LINE) });
    [begin, blank, words] = [at + 1, true, []];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (blank && !/\s/.test(character)) [blank, first] = [false, line];
    if (text.startsWith(comment, at) && (at === 0 || /[\s;{}()]/.test(text[at - 1] ?? ''))) {
      const next = text.indexOf('\n', at);
      if (depth === 0) {
        blank ||= begin === at;
        end(at);
      }
      at = (next < 0 ? text.length : next) - 1;
      if (depth === 0) begin = at + 1;
    } else if (character === '"' || character === "'") {
      const close = endOfText(text, at, character);
      if (words.length < MAX_WORDS) words.push(text.slice(at + 1, close));
      line += count(text, at, close);
      at = close;
    } else if (character === '(' || character === '[') depth++;
    else if (character === ')' || character === ']') depth = Math.max(0, depth - 1);
    else if (ends.includes(character) && (character !== ';' || depth === 0)) {
      end(at);
      depth = 0;
    } else if (character === '\n') {
      line++;
      if (depth === 0 && !/^\s{0,200}\./.test(text.slice(at + 1, at + 202))) end(at);
    }
  }
  end(text.length);
  return found;
}

/** The closing quote; a quote that stands alone on its line (a lifetime, an apostrophe) closes at once. */
function endOfText(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length && i < at + MAX_LINE; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
    else if (text[i] === '\n' && quote === "'") return at;
  }
  return at;
}

function count(text: string, begin: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', begin); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
