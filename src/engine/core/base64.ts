// Base64 (RFC 4648). The engine has neither atob nor Buffer.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS = new Map<string, number>([...ALPHABET].map((character, i): [string, number] => [character, i]).concat([['-', 62], ['_', 63]]));

/** Both alphabets; white space is skipped, decoding ends at the first other character. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [filled, bits, held] = [0, 0, 0];
  for (const character of text) {
    if (character === '\n' || character === '\r' || character === ' ') continue;
    const digit = DIGITS.get(character);
    if (digit === undefined) break;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[filled++] = (held >> bits) & 0xff;
    }
  }
  return bytes.slice(0, filled);
}

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at] ?? 0, bytes[at + 1], bytes[at + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(ALPHABET.charAt(bits >> 18), ALPHABET.charAt((bits >> 12) & 63), b === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63), c === undefined ? '=' : ALPHABET.charAt(bits & 63));
  }
  return parts.join('');
}
