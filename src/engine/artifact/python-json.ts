// JSON as Python's json.dump writes it: RFC 8259 and three words that it does not have (a range without an end, a loss that is
// no number). NaN stays NaN and is no null: whoever reads a field must not take it for one that is not set.

/** In plain JSON. NaN has no number there: an array that no honest file holds stands for it, and as a key it stays an error. */
const NAN = '\u0000NaN';
const WORDS: readonly (readonly [word: string, plain: string])[] = [['NaN', JSON.stringify([NAN])], ['-Infinity', '-1e999'], ['Infinity', '1e999']];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_LETTERS: ReadonlySet<number> = new Set(WORDS.map(([word]) => word.charCodeAt(0)));

/** Undefined where the text holds none of those words outside of strings. Throws what JSON.parse throws. */
export function parsePythonJson(text: string): { readonly value: unknown } | undefined {
  const plain = inPlainJson(text);
  if (plain === text) return undefined;
  return { value: JSON.parse(plain, (_, value: unknown) => (Array.isArray(value) && value.length === 1 && value[0] === NAN ? Number.NaN : value)) as unknown };
}

function inPlainJson(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++;
      continue;
    }
    const known = FIRST_LETTERS.has(char) ? WORDS.find(([word]) => text.startsWith(word, i)) : undefined;
    if (known === undefined) continue;
    parts.push(text.slice(from, i), known[1]);
    i += known[0].length - 1;
    from = i + 1;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}
