// tar archives (POSIX ustar and pax, GNU long names) for static rules. torch.save wrote tar before 2017.
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { windowSource } from './sources.ts';

export interface TarMember {
  readonly name: string;
  readonly at: Bytes;
  readonly size: Bytes;
  /** 'file', 'link' (symbolic), 'hard-link', 'folder' or 'device'. */
  readonly kind: 'file' | 'link' | 'hard-link' | 'folder' | 'device';
  readonly target: string | undefined;
}

export interface TarContent {
  readonly members: readonly TarMember[];
}

const LIMITS = { maxMembers: 50_000, /** Of a long name or a pax header. */ maxName: 65_536 } as const;
const BLOCK = 512;
/** What eleven octal digits can say: larger sizes must stand in an extended header. */
const OCTAL: Bytes = 8 ** 11;
const LATIN = new TextDecoder('latin1');

export const tarInspector: Inspector<TarContent> = {
  format: 'tar',
  match: ({ source, head }) => {
    if (head.byteLength >= BLOCK && hasChecksum(head)) return { format: 'tar', sure: 'certain', why: 'a tar header with a right checksum' };
    return /\.tar$/i.test(source.path) ? { format: 'tar', sure: 'name', why: 'the name ends in .tar' } : undefined;
  },
  async inspect(source, desk) {
    const members: TarMember[] = [];
    let at = 0;
    let long: LongFields = {};
    while (at + BLOCK <= source.size && members.length < LIMITS.maxMembers) {
      await breathe(desk.signal);
      const header = await source.slice(at, at + BLOCK);
      if (header.every((byte) => byte === 0)) break;
      if (!hasChecksum(header)) {
        desk.problem({ code: 'malformed', offset: at, field: 'header', expected: 'a right checksum', actual: 'a wrong one' });
        break;
      }
      desk.parsed(at, at + BLOCK, 'tar header');
      const written = numberIn(header.subarray(124, 136));
      const type = String.fromCharCode(header[156] ?? 0);
      const extended = 'LKxg'.includes(type) ? undefined : long.size;
      // Which of the two counts depends on the program: where they differ, one sees a file that the other does not.
      if (extended !== undefined && extended !== written && extended < OCTAL) desk.problem({ code: 'malformed', offset: at + 124, field: 'size', expected: `${extended} bytes, as the extended header says`, actual: `${written ?? 'no number'} in the header` });
      const size = extended ?? written;
      const begin = at + BLOCK;
      if (size === undefined || size > source.size - begin) {
        desk.problem({ code: 'truncated', offset: at + 124, field: 'size', expected: `at most ${source.size - begin} bytes`, actual: size === undefined ? 'no number' : `${size} bytes` });
        break;
      }
      if ('LKxg'.includes(type)) {
        desk.parsed(begin, begin + size, 'long names');
        long = { ...long, ...(await longNames(source, type, begin, size)) };
      } else {
        const prefix = LATIN.decode(header.subarray(257, 262)) === 'ustar' ? textIn(header.subarray(345, 500)) : '';
        const short = textIn(header.subarray(0, 100));
        const name = long.name ?? (prefix === '' ? short : `${prefix}/${short}`);
        const kind = KINDS[type] ?? 'file';
        const target = kind === 'link' || kind === 'hard-link' ? (long.target ?? textIn(header.subarray(157, 257))) : undefined;
        members.push({ name, at, size, kind, target });
        long = {};
        if (kind === 'file' && size > 0) {
          desk.parsed(begin, begin + size, 'members');
          desk.member({ name, source: windowSource(source, `${source.path}!${name}`, begin, begin + size) });
        }
      }
      at = begin + Math.ceil(size / BLOCK) * BLOCK;
      desk.parsed(begin + size, Math.min(at, source.size), 'padding');
    }
    // What follows the end must be zeros; anything else is nobody's.
    const rest = await source.slice(at, Math.min(source.size, at + 2 ** 20));
    if (rest.every((byte) => byte === 0)) desk.parsed(at, at + rest.byteLength, 'end of archive');
    return { members };
  },
};

const KINDS: Readonly<Record<string, TarMember['kind']>> = { '1': 'hard-link', '2': 'link', '3': 'device', '4': 'device', '5': 'folder', '6': 'device' };

function hasChecksum(header: Uint8Array): boolean {
  const claimed = numberIn(header.subarray(148, 156));
  if (claimed === undefined || claimed === 0) return false;
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  return sum === claimed;
}

/** Octal text, or base 256 where the first bit is set. */
function numberIn(bytes: Uint8Array): number | undefined {
  if (((bytes[0] ?? 0) & 0x80) !== 0) {
    let value = (bytes[0] ?? 0) & 0x7f;
    for (const byte of bytes.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = LATIN.decode(bytes).replace(/[\0 ]+$/, '').replace(/^ +/, '');
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : undefined;
}

function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder('utf-8').decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** What a header before the header says in its place. */
interface LongFields {
  name?: string;
  target?: string;
  size?: Bytes;
}

async function longNames(source: ByteSource, type: string, begin: Bytes, size: Bytes): Promise<LongFields> {
  const bytes = await source.slice(begin, begin + Math.min(size, LIMITS.maxName));
  if (type === 'L') return { name: textIn(bytes) };
  if (type === 'K') return { target: textIn(bytes) };
  const result: LongFields = {};
  // pax records: 'LENGTH KEY=VALUE\n'.
  for (const line of new TextDecoder('utf-8').decode(bytes).split('\n')) {
    const match = /^\d+ (path|linkpath|size)=([\s\S]*)$/.exec(line);
    if (match?.[1] === 'path') result.name = match[2] ?? '';
    if (match?.[1] === 'linkpath') result.target = match[2] ?? '';
    if (match?.[1] === 'size' && /^\d{1,15}$/.test(match[2] ?? '')) result.size = Number(match[2]);
  }
  return result;
}
