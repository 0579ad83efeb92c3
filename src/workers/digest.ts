// One SHA-256 for a whole artifact: the file's own where there is one, else over the lines "hash  path" sorted by path,
// as `sha256sum` prints them.
import type { ReportFile } from '../engine/report/report.ts';

export async function digestOfFiles(files: readonly ReportFile[]): Promise<string> {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return only.sha256;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(hashLines(files)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What `sha256sum` prints of the files, sorted by path. */
export function hashLines(files: readonly ReportFile[]): string {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
}
