// Programs and libraries (ELF, PE, Mach-O, WebAssembly, Java classes): recognised, not taken apart. And pictures, sounds and
// documents that lie beside models: known for what they are as far as their own format says where they end.
import type { FormatMatch } from '../artifact.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { endOfMedia } from './media-end.ts';
import type { Probe } from './reader.ts';

export interface ProgramContent {
  readonly kind: string;
}

export const programInspector: Inspector<ProgramContent> = {
  format: 'program',
  match: ({ head }) => {
    const kind = programKind(head);
    return kind === undefined ? undefined : { format: 'program', sure: 'certain', why: `starts as ${kind} does` };
  },
  async inspect(source, desk) {
    const kind = programKind(await source.slice(0, 4096)) ?? 'a program';
    desk.opaque(0, source.size, `${kind}: machine code is not looked into`);
    return { kind };
  },
};

function programKind(head: Uint8Array): string | undefined {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x7f, 0x45, 0x4c, 0x46)) return 'an ELF program or library';
  if (starts(0x4d, 0x5a) && head.byteLength >= 64) {
    const at = (head[60] ?? 0) | ((head[61] ?? 0) << 8) | ((head[62] ?? 0) << 16);
    if (head[at] === 0x50 && head[at + 1] === 0x45 && head[at + 2] === 0) return 'a Windows program or library';
    if (at >= head.byteLength - 4) return undefined;
  }
  if (starts(0xcf, 0xfa, 0xed, 0xfe) || starts(0xce, 0xfa, 0xed, 0xfe) || starts(0xfe, 0xed, 0xfa, 0xcf)) return 'a macOS program or library';
  // A class has its version there, 45 and more; a universal program how many it holds.
  if (starts(0xca, 0xfe, 0xba, 0xbe)) return (head[7] ?? 0) >= 45 ? 'a Java class' : 'a macOS universal program';
  if (starts(0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e, 0x0a)) return 'a library of object files';
  if (starts(0x00, 0x61, 0x73, 0x6d)) return 'a WebAssembly module';
  if (starts(0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0)) return 'a Windows shortcut, which starts a program';
  // CPython's magic numbers: two bytes of version (3.0 to 3.15 so far), then '\r\n', then flags that are small.
  const version = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
  if (head[2] === 0x0d && head[3] === 0x0a && version >= 3000 && version < 4000 && (head[4] ?? 255) < 4 && head[5] === 0) return 'compiled Python';
  return undefined;
}

/** Archives and compressed data that Assay recognises and does not open. */
const SEALED: readonly (readonly [name: string, signature: string])[] = [
  ['a cabinet archive', 'MSCF\0\0\0\0'], ['a Debian package or library archive', '!<arch>\ndebian'], ['an RPM package', '\xed\xab\xee\xdb'],
];

export const sealedInspector: Inspector<ProgramContent> = {
  format: 'sealed',
  match: ({ head }) => {
    const kind = sealedKind(head);
    return kind === undefined ? undefined : { format: 'sealed', sure: 'certain', why: `starts as ${kind} does` };
  },
  async inspect(source, desk) {
    const kind = sealedKind(await source.slice(0, 16)) ?? 'compressed data';
    desk.opaque(0, source.size, `${kind}, which Assay does not open`);
    return { kind };
  },
};

function sealedKind(head: Uint8Array): string | undefined {
  return SEALED.find(([, signature]) => [...signature].every((character, i) => head[i] === character.charCodeAt(0)))?.[0];
}

const MEDIA: readonly (readonly [name: string, offset: number, signature: string])[] = [
  ['a PNG picture', 0, '\x89PNG\r\n\x1a\n'], ['a JPEG picture', 0, '\xff\xd8\xff'], ['a GIF picture', 0, 'GIF8'], ['a WebP picture', 8, 'WEBP'], ['a WAV sound', 8, 'WAVE'], ['a FLAC sound', 0, 'fLaC'], ['an Ogg sound', 0, 'OggS'], ['an MP3 sound', 0, 'ID3'], ['an ISO media file', 4, 'ftyp'], ['a PDF document', 0, '%PDF-'], ['a TIFF picture', 0, 'II*\0'], ['a bitmap', 0, 'BM'],
];

export const mediaInspector: Inspector<ProgramContent> = {
  format: 'media',
  match: ({ head, source }: Probe): FormatMatch | undefined => {
    const kind = mediaKind(head, source.size);
    return kind === undefined ? undefined : { format: 'media', sure: 'likely', why: `starts as ${kind} does` };
  },
  async inspect(source, desk) {
    const kind = mediaKind(await source.slice(0, 64), source.size) ?? 'media';
    const { end, broken } = await endOfMedia(source, kind);
    desk.parsed(0, Math.min(16, end), 'signature');
    desk.skipped(16, end, kind);
    if (broken !== undefined) {
      const { offset, field, expected, actual, cut } = broken;
      // Cameras and telephones leave pictures without their last mark: shown by any viewer, and not looked into further.
      if (kind === 'a JPEG picture') desk.incomplete(`${kind} that ends before its ${field} at byte ${offset}`);
      else desk.problem({ code: cut ? 'truncated' : 'malformed', offset, field, expected, actual });
    }
    if (end < source.size) {
      desk.opaque(end, source.size, `bytes behind ${kind}`);
      // Telephones put further pictures behind a JPEG: what stands there is looked into, and is no fault by itself.
      if (kind !== 'a JPEG picture') desk.problem({ code: 'malformed', offset: end, field: 'end', expected: `nothing behind ${kind}`, actual: `${source.size - end} bytes` });
    }
    return { kind };
  },
};

function mediaKind(head: Uint8Array, size: number): string | undefined {
  const found = MEDIA.find(([, offset, signature]) => [...signature].every((character, i) => head[offset + i] === character.charCodeAt(0)))?.[0];
  // 'BM' alone is two letters: a bitmap also says its own size.
  if (found === 'a bitmap') return head.byteLength >= 6 && new DataView(head.buffer, head.byteOffset).getUint32(2, true) === size ? found : undefined;
  return found;
}
