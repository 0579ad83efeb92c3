// Ids back to text. Byte-level (GPT-2's byte alphabet) and SentencePiece with byte fallback are decoded here, by a table of
// bytes a token, so that a character spread over several tokens comes out whole and a cut one as U+FFFD; any other decoder
// is the library's.
import { isObject, type JsonObject } from '../text.ts';

export interface Decoder {
  text(tokens: readonly string[]): string;
  /** One token alone, leading blank kept; bytes that are no text by themselves as <0xE6>. */
  one(token: string): string;
}

export function decoderOf(decoder: unknown, fallback: (tokens: string[]) => string): Decoder {
  if (isObject(decoder)) {
    if (holdsOnly(decoder, 'ByteLevel')) return byteDecoder(BYTE_LEVEL);
    const steps = sentencePieceSteps(decoder);
    if (steps !== undefined) return byteDecoder(sentencePiece(steps.mark, steps.strip));
  }
  return { text: (tokens) => fallback([...tokens]), one: shownBy(decoder) };
}

/** Marks of a blank before a word (SentencePiece's ▁), and of the end of one (</w>), as a reader sees them. */
function shownBy(decoder: unknown): (token: string) => string {
  const steps: readonly unknown[] = isObject(decoder) && decoder['type'] === 'Sequence' && Array.isArray(decoder['decoders']) ? decoder['decoders'] : [decoder];
  const step = (type: string): JsonObject | undefined => steps.filter(isObject).find((one) => one['type'] === type);
  const [metaspace, suffixed] = [step('Metaspace'), step('BPEDecoder')];
  const mark = metaspace === undefined ? undefined : typeof metaspace['replacement'] === 'string' ? metaspace['replacement'] : '▁';
  if (mark !== undefined && mark !== '') return (token) => token.replaceAll(mark, ' ');
  const suffix = suffixed === undefined ? undefined : typeof suffixed['suffix'] === 'string' ? suffixed['suffix'] : '</w>';
  return suffix === undefined || suffix === '' ? (token) => token : (token) => (token.endsWith(suffix) ? token.slice(0, -suffix.length) : token);
}

const ENCODER = new TextEncoder();
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

interface Piece {
  readonly bytes: Uint8Array;
  /** What it is by itself; undefined where its bytes only mean something together with their neighbours'. */
  readonly text: string | undefined;
  readonly shown: string;
}

interface Alphabet {
  pieceOf(token: string): Piece;
  /** A run of pieces without text of their own. */
  join(run: readonly Piece[]): string;
  readonly stripFirstBlank: boolean;
}

function byteDecoder({ pieceOf, join, stripFirstBlank }: Alphabet): Decoder {
  const known = new Map<string, Piece>();
  const lookUp = (token: string): Piece => {
    let piece = known.get(token);
    if (piece === undefined) known.set(token, (piece = pieceOf(token)));
    return piece;
  };
  return {
    text: (tokens) => {
      let text = '';
      let run: Piece[] = [];
      for (const token of tokens) {
        const piece = lookUp(token);
        if (piece.text === undefined) {
          run.push(piece);
          continue;
        }
        // A piece that is text by itself begins with a lead byte: it cannot complete what stands before it.
        if (run.length > 0) text += join(run);
        run = [];
        text += piece.text;
      }
      if (run.length > 0) text += join(run);
      return stripFirstBlank && text.startsWith(' ') ? text.slice(1) : text;
    },
    one: (token) => lookUp(token).shown,
  };
}

function concatenate(run: readonly Piece[]): Uint8Array {
  const whole = new Uint8Array(run.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  let at = 0;
  for (const { bytes } of run) {
    whole.set(bytes, at);
    at += bytes.byteLength;
  }
  return whole;
}

function strictText(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

function hexText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`).join('');
}

const BYTE_LEVEL: Alphabet = {
  pieceOf: (token) => {
    const bytes = byteLevelBytes(token);
    const text = strictText(bytes);
    return { bytes, text, shown: text ?? hexText(bytes) };
  },
  join: (run) => LENIENT.decode(concatenate(run)),
  stripFirstBlank: false,
};

/** Byte tokens are <0x00> to <0xFF>; a run of them that is not UTF-8 gives one U+FFFD a byte, as in Rust. */
function sentencePiece(mark: string, stripFirstBlank: boolean): Alphabet {
  return {
    pieceOf: (token) => {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
      if (byte === undefined) {
        const text = token.replaceAll(mark, ' ');
        return { bytes: ENCODER.encode(text), text, shown: text };
      }
      const bytes = Uint8Array.of(parseInt(byte, 16));
      return { bytes, text: undefined, shown: strictText(bytes) ?? token };
    },
    join: (run) => strictText(concatenate(run)) ?? '\ufffd'.repeat(run.length),
    stripFirstBlank,
  };
}

/** GPT-2's alphabet: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up, in order. */
const BYTE_OF_CHAR: ReadonlyMap<string, number> = (() => {
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return bytes;
})();

/** A token with any character outside the alphabet (an added token with a blank, say) stands for itself, as in Rust. */
function byteLevelBytes(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF_CHAR.get(token.charAt(i));
    if (byte === undefined) return ENCODER.encode(token);
    bytes[i] = byte;
  }
  return bytes;
}

function holdsOnly(decoder: JsonObject, type: string): boolean {
  const children = decoder['decoders'];
  if (decoder['type'] === 'Sequence' && Array.isArray(children)) return children.length === 1 && isObject(children[0]) && holdsOnly(children[0], type);
  return decoder['type'] === type;
}

/** Sequence[Replace(▁ -> blank), ByteFallback, Fuse, Strip(one blank at the start)?], as all llama-like tokenizers have it. */
function sentencePieceSteps(decoder: JsonObject): { readonly mark: string; readonly strip: boolean } | undefined {
  const steps: unknown = decoder['decoders'];
  if (decoder['type'] !== 'Sequence' || !Array.isArray(steps)) return undefined;
  const [replace, fallback, fuse, strip, ...rest] = steps as readonly unknown[];
  if (!isObject(replace) || !isObject(fallback) || !isObject(fuse) || rest.length > 0) return undefined;
  const pattern = replace['pattern'];
  const mark = isObject(pattern) ? pattern['String'] : undefined;
  if (replace['type'] !== 'Replace' || replace['content'] !== ' ' || typeof mark !== 'string' || fallback['type'] !== 'ByteFallback' || fuse['type'] !== 'Fuse') return undefined;
  if (strip === undefined) return { mark, strip: false };
  return isObject(strip) && strip['type'] === 'Strip' && strip['content'] === ' ' && strip['start'] === 1 && strip['stop'] === 0 ? { mark, strip: true } : undefined;
}
