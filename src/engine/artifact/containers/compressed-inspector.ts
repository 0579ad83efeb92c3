// Compressed single files for static rules: gzip, zlib (joblib's default), bzip2, xz, LZMA, LZ4, zstd. What comes out is one member, recognised by its
// content. How much comes out is measured first, up to a limit.
import type { ArtifactError, ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Probe } from '../formats/reader.ts';
import type { FormatMatch } from '../artifact.ts';
import type { Bytes } from '../../core/units.ts';
import { isText } from '../formats/json-inspector.ts';
import { inflateBzip2, inflateLz4, inflateLzma, inflateXz, inflateZlib, inflateZstd } from './decoders.ts';
import { ExpansionBudget, expandedSource, measure, type MakeDecoder } from './expanded-source.ts';
import { inflateGzip } from './gzip-decoder.ts';

export interface CompressedContent {
  readonly size: Bytes;
  /** More comes out than was measured. */
  readonly cut: boolean;
}

export const COMPRESSED_LIMITS = {
  /** Expanded bytes that are looked at (CWE-409). */
  maxSize: 2 ** 28,
  /** Bytes made in all, re-reading included. */
  maxExpanded: 2 ** 31,
} as const;

/** A header, an empty block, a checksum and a length (RFC 1952). */
const LEAST_GZIP = 20;

function compressedInspector(format: string, make: MakeDecoder, match: (probe: Probe) => FormatMatch | undefined): Inspector<CompressedContent> {
  return { format, match, inspect: (source, desk) => expand(format, make, source, desk) };
}

async function expand(format: string, make: MakeDecoder, source: ByteSource, desk: Desk): Promise<CompressedContent> {
  const compressed = { parent: source, begin: 0, end: source.size, make, budget: new ExpansionBudget(COMPRESSED_LIMITS.maxExpanded, format) };
  const name = innerName(source.path);
  const path = `${source.path}!${name}`;
  const { size, cut, failure } = await measure(path, compressed, COMPRESSED_LIMITS.maxSize);
  if (failure !== undefined && size === 0) throw failure;
  // What came out before the data broke off is looked at all the same.
  if (failure !== undefined) desk.problem(withoutPlace(failure));
  desk.parsed(0, source.size, `${format} data`);
  if (format === 'gzip' && source.size < LEAST_GZIP) desk.problem({ code: 'truncated', field: 'compressed data', expected: `at least ${LEAST_GZIP} bytes`, actual: `${source.size} bytes` });
  if (cut) desk.problem({ code: 'limit-exceeded', field: 'expanded size', expected: `at most ${COMPRESSED_LIMITS.maxSize} bytes`, actual: 'more' });
  desk.member({ name, source: expandedSource(path, compressed, size) });
  return { size, cut };
}

function withoutPlace(failure: ArtifactError): Omit<ArtifactErrorFields, 'format' | 'file'> {
  const { code, offset, field = 'compressed data', expected, actual } = failure.toFields();
  return { code, field, ...(offset === undefined ? {} : { offset }), ...(expected === undefined ? {} : { expected }), ...(actual === undefined ? {} : { actual }) };
}

function innerName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1);
  return name.replace(/\.(gz|gzip|z|bz2|xz|lzma|zst|lz4|tgz)$/i, '') || 'content';
}

export const gzipInspector = compressedInspector('gzip', inflateGzip, ({ head }) =>
  head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? { format: 'gzip', sure: 'certain', why: 'starts with the signature of gzip' } : undefined,
);

/** RFC 1950: method 8, window at most 32 KiB, no dictionary, and a header that divides by 31. */
export const zlibInspector = compressedInspector('zlib', inflateZlib, ({ head, source }) => {
  const [cmf = 0, flags = 0] = head;
  const valid = (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flags) % 31 === 0 && (flags & 0x20) === 0 && source.size > 8 && !isText(head);
  return valid && [0x01, 0x5e, 0x9c, 0xda].includes(flags) && cmf === 0x78 ? { format: 'zlib', sure: 'likely', why: 'starts as zlib data does' } : undefined;
});

/** 'BZh' is three letters: a block size and a block's (or the end's) mark must follow. */
export const bzip2Inspector = compressedInspector('bzip2', inflateBzip2, ({ head }) =>
  head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68 && ((head[4] === 0x31 && head[5] === 0x41 && head[6] === 0x59) || (head[4] === 0x17 && head[5] === 0x72 && head[6] === 0x45)) ? { format: 'bzip2', sure: 'certain', why: 'starts with the signature of bzip2' } : undefined,
);

export const xzInspector = compressedInspector('xz', inflateXz, ({ head }) =>
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0].every((byte, i) => head[i] === byte) ? { format: 'xz', sure: 'certain', why: 'starts with the signature of xz' } : undefined,
);

export const lz4Inspector = compressedInspector('lz4', inflateLz4, ({ head }) =>
  head[0] === 0x04 && head[1] === 0x22 && head[2] === 0x4d && head[3] === 0x18 ? { format: 'lz4', sure: 'certain', why: 'starts with the signature of an LZ4 frame' } : undefined,
);

export const zstdInspector = compressedInspector('zstd', inflateZstd, ({ head }) =>
  head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? { format: 'zstd', sure: 'certain', why: 'starts with the signature of zstd' } : undefined,
);

/** Names under which a loader tries LZMA. */
const LZMA_NAME = /\.(?:lzma|xz|joblib|pkl|pickle)$/i;

/** No signature: common properties, a dictionary of a usual size, and a length that is unknown or below a terabyte. Under a name that says so, any properties and dictionary. */
export const lzmaInspector = compressedInspector('lzma', inflateLzma, ({ head, source }) => {
  const properties = head[0] ?? 255;
  // liblzma takes four context bits at most.
  if (source.size < 19 || head[13] !== 0 || properties >= 225 || (properties % 9) + (Math.floor(properties / 9) % 5) > 4) return undefined;
  const dictionary = (head[1] ?? 0) + (head[2] ?? 0) * 2 ** 8 + (head[3] ?? 0) * 2 ** 16 + (head[4] ?? 0) * 2 ** 24;
  const common = properties === 0x5d && head[1] === 0 && head[2] === 0 && (Number.isInteger(Math.log2(dictionary)) || Number.isInteger(Math.log2(dictionary / 3)));
  const usual = dictionary > 0 && (common || LZMA_NAME.test(source.path));
  const length = head.subarray(5, 13);
  const plausible = length.every((byte) => byte === 0xff) || (length[5] === 0 && length[6] === 0 && length[7] === 0);
  return usual && plausible ? { format: 'lzma', sure: 'likely', why: 'starts as LZMA data does' } : undefined;
});

export const COMPRESSED_INSPECTORS = [gzipInspector, zlibInspector, bzip2Inspector, xzInspector, zstdInspector, lz4Inspector, lzmaInspector] as const;
