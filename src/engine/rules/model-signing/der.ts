// DER (X.690) as far as certificates, keys and ECDSA signatures need it: definite lengths, tags of one byte, bounded depth by
// construction (nothing here recurses on its input). Throws ArtifactError where an element does not fit.
import { ArtifactError } from '../../core/artifact-error.ts';

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  /** With tag and length. */
  readonly whole: Uint8Array<ArrayBuffer>;
}

export const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utcTime: 0x17, time: 0x18, sequence: 0x30, set: 0x31 } as const;

const malformed = (expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'DER', expected, actual });

/** The element at `at`, and where the next one begins. */
function elementAt(bytes: Uint8Array<ArrayBuffer>, at: number): { readonly element: Element; readonly next: number } {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw malformed('an element', 'the end');
  let length = first;
  let begin = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw malformed('a length of at most four bytes', String(count));
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[begin + i] ?? 0);
    begin += count;
  }
  if (begin + length > bytes.byteLength) throw malformed(`at most ${bytes.byteLength - begin} bytes`, String(length));
  return { element: { tag, content: bytes.slice(begin, begin + length), whole: bytes.slice(at, begin + length) }, next: begin + length };
}

const MAX_CHILDREN = 256;

export function childrenOf({ content }: Pick<Element, 'content'>): Element[] {
  const children: Element[] = [];
  for (let at = 0; at < content.byteLength; ) {
    if (children.length >= MAX_CHILDREN) throw malformed(`at most ${MAX_CHILDREN} elements`, 'more');
    const { element, next } = elementAt(content, at);
    children.push(element);
    at = next;
  }
  return children;
}

/** The one element of `bytes`, of that tag, with nothing behind it. */
export function only(bytes: Uint8Array<ArrayBuffer>, tag: number): Element {
  const { element, next } = elementAt(bytes, 0);
  if (element.tag !== tag) throw malformed(`tag ${tag}`, String(element.tag));
  if (next !== bytes.byteLength) throw malformed('nothing behind it', `${bytes.byteLength - next} bytes`);
  return element;
}

export function expectTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw malformed(`tag ${tag}`, String(element?.tag ?? 'nothing'));
  return element;
}

/** '1.2.840.10045.4.3.2'. */
export function oidOf(element: Element | undefined): string {
  const { content } = expectTag(element, TAG.oid);
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) throw malformed('an object identifier', 'a number too large');
    if (byte >= 0x80) continue;
    if (parts.length === 0) parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

export function bitsOf(element: Element | undefined): Uint8Array<ArrayBuffer> {
  const { content } = expectTag(element, TAG.bits);
  return content.slice(1);
}

/** ECDSA's (r, s) as the host wants them: side by side, `size` bytes each. Undefined where it is no such pair. */
export function ecdsaToPlain(signature: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    const numbers = childrenOf(only(signature, TAG.sequence)).map((child) => expectTag(child, TAG.integer).content);
    if (numbers.length !== 2) return undefined;
    const plain = new Uint8Array(2 * size);
    for (const [i, number] of numbers.entries()) {
      const lead = number.findIndex((byte) => byte !== 0);
      const digits = lead < 0 ? number.slice(0, 0) : number.slice(lead);
      if (digits.byteLength > size) return undefined;
      plain.set(digits, (i + 1) * size - digits.byteLength);
    }
    return plain;
  } catch {
    return undefined;
  }
}
