// Five characters for four bytes, in the three alphabets that are in use: Python's b85encode and git's binary patches (the
// characters of RFC 1924), Adobe's Ascii85 with its 'z' for four zeros, and ZeroMQ's Z85 (rfc.zeromq.org/spec/32).
export type Base85 = 'base85' | 'ascii85' | 'z85';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALPHABETS: Readonly<Record<Base85, string>> = {
  base85: `0123456789${LETTERS}${LETTERS.toLowerCase()}!#$%&()*+-;<=>?@^_\`{|}~`,
  ascii85: Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join(''),
  z85: `0123456789${LETTERS.toLowerCase()}${LETTERS}.-:+=^!/*?&<>()[]{}@%$#`,
};
const DIGITS = new Map(Object.entries(ALPHABETS).map(([name, alphabet]): [string, ReadonlyMap<string, number>] => [name, new Map([...alphabet].map((character, i) => [character, i]))]));

/** Shorter texts without a blank are words, names and addresses. */
const LEAST = 30;

/** The alphabet in which a text is what `isFile` knows. */
export function base85Of(start: string, isFile: (bytes: Uint8Array) => boolean): Base85 | undefined {
  if (start.length < LEAST || /[ \t]/.test(start)) return undefined;
  return (['base85', 'ascii85', 'z85'] as const).find((name) => {
    const bytes = fromBase85(name, start);
    // Decoding ends at a character that the alphabet does not have.
    return bytes.length >= Math.floor((start.length * 4) / 5) - 2 * START.length && isFile(bytes);
  });
}

const START = '<~';

/** Line ends are skipped; decoding ends at the first other character. A last group of n characters holds n - 1 bytes. */
export function fromBase85(name: Base85, text: string): Uint8Array<ArrayBuffer> {
  const digits = DIGITS.get(name);
  const bytes = new Uint8Array(text.length * 4);
  let [filled, held, count] = [0, 0, 0];
  const put = (value: number, kept: number): void => {
    for (let i = 0; i < kept; i++) bytes[filled++] = Math.floor(value / 2 ** (24 - 8 * i)) & 0xff;
  };
  for (const character of name === 'ascii85' && text.startsWith(START) ? text.slice(START.length) : text) {
    if (character === '\n' || character === '\r') continue;
    if (name === 'ascii85' && character === 'z' && count === 0) {
      put(0, 4);
      continue;
    }
    const digit = digits?.get(character);
    if (digit === undefined) break;
    held = held * 85 + digit;
    if (++count < 5) continue;
    put(held, 4);
    [held, count] = [0, 0];
  }
  if (count > 1) put(held * 85 ** (5 - count) + 85 ** (5 - count) - 1, count - 1);
  return bytes.slice(0, filled);
}
