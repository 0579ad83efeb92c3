// Texts that a Python source spells in another form: base64, hexadecimal digits, rot13, characters by their numbers.
import { fromBase64 } from '../../../core/base64.ts';
import type { Value } from './value.ts';

/** CWE-400. */
export const MAX_TEXT = 2 ** 18;

/** map(chr, …): the characters, where their numbers stand there. */
export function ofCharacters(numbers: Value | undefined): Value {
  const items = numbers?.items?.slice(0, 10_000).map(({ number }): Value => (number !== undefined && number >= 0 && number <= 0x10ffff ? { text: String.fromCodePoint(Math.floor(number)) } : {}));
  return { ...(items === undefined ? {} : { items }), from: 'decoded' };
}

/** base64 and hexadecimal are undone where the text stands there: what it says is then read, too. */
export function decoded(name: string, args: readonly Value[]): Value {
  const text = args[0]?.text;
  let plain: string | undefined;
  if (text !== undefined && /b64decode/.test(name)) plain = latin(fromBase64(text.replace(/\s/g, '')));
  else if (text !== undefined && /fromhex|unhexlify/.test(name) && /^[\da-fA-F\s]*$/.test(text)) plain = String.fromCharCode(...(text.replace(/\s/g, '').match(/../g) ?? []).slice(0, 10_000).map((pair) => Number.parseInt(pair, 16)));
  else if (text !== undefined && name === 'codecs.decode' && /^rot.?13$/i.test(args[1]?.text ?? '')) plain = text.replace(/[a-z]/gi, (c) => String.fromCharCode((c <= 'Z' ? 90 : 122) >= c.charCodeAt(0) + 13 ? c.charCodeAt(0) + 13 : c.charCodeAt(0) - 13));
  const carried = text !== undefined || args.some((value) => value.carried === true);
  return { from: 'decoded', ...(carried ? { carried: true } : {}), ...(plain === undefined || plain === '' ? {} : { text: plain.slice(0, MAX_TEXT) }) };
}

function latin(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, MAX_TEXT)) text += String.fromCharCode(byte);
  return text;
}
