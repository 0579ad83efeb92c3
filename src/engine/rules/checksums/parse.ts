// Checksum files: GNU coreutils ('HEX  name', 'HEX *name'), BSD ('SHA256 (name) = HEX'), a lone digest in name.sha256, and
// Git LFS pointers (version, oid sha256:HEX, size N). SHA-256 only: other digests are listed, not checked.

export interface ChecksumEntry {
  readonly line: number;
  /** As written; undefined for a lone digest. */
  readonly name: string | undefined;
  readonly digest: string;
  readonly algorithm: 'sha256' | 'other';
}

const MAX_LINES = 20_000;
const GNU = /^\\?([0-9a-fA-F]{32,128}) [ *](.{1,1024})$/;
const BSD = /^([A-Za-z0-9-]{2,12}) ?\((.{1,1024})\) ?= ?([0-9a-fA-F]{32,128})$/;
const LONE = /^([0-9a-fA-F]{64})$/;

export function parseChecksums(text: string): ChecksumEntry[] {
  return text.split('\n', MAX_LINES).flatMap((raw, i): ChecksumEntry[] => {
    const line = raw.replace(/\r$/, '');
    const gnu = GNU.exec(line);
    if (gnu !== null) return [{ line: i + 1, name: gnu[2], digest: (gnu[1] ?? '').toLowerCase(), algorithm: gnu[1]?.length === 64 ? 'sha256' : 'other' }];
    const bsd = BSD.exec(line);
    if (bsd !== null) return [{ line: i + 1, name: bsd[2], digest: (bsd[3] ?? '').toLowerCase(), algorithm: /^sha-?256$/i.test(bsd[1] ?? '') ? 'sha256' : 'other' }];
    const lone = LONE.exec(line.trim());
    return lone === null ? [] : [{ line: i + 1, name: undefined, digest: (lone[1] ?? '').toLowerCase(), algorithm: 'sha256' }];
  });
}

export function isChecksumFile(name: string): boolean {
  return /^(?:sha-?256(?:sums?)?|checksums?|hashes)(?:\.(?:txt|sha256))?$/i.test(name) || /\.sha-?256(?:sums?)?$/i.test(name);
}

export interface LfsPointer {
  readonly digest: string;
  readonly size: number;
}

/** Git LFS's pointer file stands where the large file was not fetched. */
export function parseLfsPointer(text: string): LfsPointer | undefined {
  if (text.length > 1024 || !text.startsWith('version https://git-lfs.github.com/spec/')) return undefined;
  const digest = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return digest === undefined || size === undefined ? undefined : { digest, size: Number(size) };
}
