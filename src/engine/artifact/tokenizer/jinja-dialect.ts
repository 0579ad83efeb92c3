// What Jinja2 reads and @huggingface/jinja does not, put in words that it reads: {% with %}, {% do %}, {% autoescape %},
// {% trans %}, {% block %}, {% raw %}, tests with an argument (is eq, is in, is divisibleby, …). On the tokens, not on the text.
// Statements that load other templates are left out: they are reported by their text. What it can miss: the scope of {% with %}
// (its names stay set behind it) and translations (their text is kept as it is).
import type { tokenize } from '@huggingface/jinja';

type Token = ReturnType<typeof tokenize>[number];

/** Statements that only frame others. */
const FRAMES = new Set(['endwith', 'autoescape', 'endautoescape', 'trans', 'pluralize', 'endtrans', 'block', 'endblock', 'include', 'import', 'from', 'extends', 'debug']);
/** Tests that are comparisons: the operator, and the one for 'is not'. */
const COMPARING: Readonly<Record<string, readonly [is: string, isNot: string]>> = {
  eq: ['==', '!='], equalto: ['==', '!='], sameas: ['==', '!='], ne: ['!=', '=='], gt: ['>', '<='], greaterthan: ['>', '<='], ge: ['>=', '<'], lt: ['<', '>='], lessthan: ['<', '>='], le: ['<=', '>'],
};
const STARTS_ARGUMENT = new Set<string>(['OpenParen', 'OpenSquareBracket', 'StringLiteral', 'NumericLiteral']);
const OPENS = new Set<string>(['OpenParen', 'OpenSquareBracket', 'OpenCurlyBracket']);
const CLOSES = new Set<string>(['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket']);

/** {% raw %}…{% endraw %} as a text in quotes: what stands inside is no code. */
export function withoutRaw(source: string): string {
  const mark = /\{%-?\s{0,8}(end)?raw\s{0,8}-?%\}/g;
  const pieces: string[] = [];
  let [done, open] = [0, -1];
  for (let match = mark.exec(source); match !== null; match = mark.exec(source)) {
    if (match[1] === undefined && open < 0) {
      pieces.push(source.slice(done, match.index));
      open = match.index + match[0].length;
    } else if (match[1] !== undefined && open >= 0) {
      pieces.push(`{{ ${JSON.stringify(source.slice(open, match.index))} }}`);
      [done, open] = [match.index + match[0].length, -1];
    }
  }
  return open >= 0 ? source : [...pieces, source.slice(done)].join('');
}

export function inCommonJinja(tokens: readonly Token[]): Token[] {
  return testsOf(statementsOf(tokens));
}

function statementsOf(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const [token, name] = [tokens[i], tokens[i + 1]];
    if (token === undefined) continue;
    const word = token.type === 'OpenStatement' && name?.type === 'Identifier' ? name.value : '';
    const end = word === '' ? -1 : tokens.findIndex(({ type }, at) => at > i && type === 'CloseStatement');
    const inside = end < 0 ? [] : tokens.slice(i + 2, end);
    if (end >= 0 && FRAMES.has(word)) {
      i = end;
    } else if (end >= 0 && word === 'with') {
      for (const assignment of splitAtCommas(inside)) result.push(token, { ...name, type: 'Identifier', value: 'set' }, ...assignment, ...tokens.slice(end, end + 1));
      i = end;
    } else if (end >= 0 && word === 'do') {
      result.push({ type: 'OpenExpression', value: '{{' }, ...inside, { type: 'CloseExpression', value: '}}' });
      i = end;
    } else {
      result.push(token);
    }
  }
  return result;
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (OPENS.has(token.type)) depth++;
    if (CLOSES.has(token.type)) depth--;
    if (token.type === 'Comma' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

function testsOf(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    const not = isWord(tokens[i + 1], 'not');
    const at = i + (not ? 2 : 1);
    const test = tokens[at];
    const argument = tokens[at + 1];
    const takesName = argument?.type === 'Identifier' && !['and', 'or', 'if', 'else', 'is', 'in', 'not'].includes(argument.value);
    if (!isWord(token, 'is') || test === undefined || argument === undefined || !(STARTS_ARGUMENT.has(argument.type) || takesName)) {
      result.push(token);
      continue;
    }
    const operators = COMPARING[test.value] ?? (test.type === 'ComparisonBinaryOperator' ? [test.value, test.value] : undefined);
    if (test.value === 'in') {
      if (not) result.push({ type: 'Identifier', value: 'not' });
      result.push({ type: 'Identifier', value: 'in' });
    } else if (operators !== undefined) {
      result.push({ type: 'ComparisonBinaryOperator', value: operators[not ? 1 : 0] ?? '==' });
    } else if (test.value === 'divisibleby') {
      const end = endOfArgument(tokens, at + 1);
      result.push({ type: 'MultiplicativeBinaryOperator', value: '%' }, ...tokens.slice(at + 1, end), { type: 'ComparisonBinaryOperator', value: not ? '!=' : '==' }, { type: 'NumericLiteral', value: '0' });
      i = end - 1;
      continue;
    } else {
      result.push(token);
      continue;
    }
    i = at;
  }
  return result;
}

function endOfArgument(tokens: readonly Token[], begin: number): number {
  let depth = 0;
  for (let i = begin; i < tokens.length; i++) {
    const type = tokens[i]?.type ?? '';
    if (OPENS.has(type)) depth++;
    if (CLOSES.has(type)) depth--;
    if (depth <= 0) return i + 1;
  }
  return tokens.length;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.type === 'Identifier' && token.value === word;
}
