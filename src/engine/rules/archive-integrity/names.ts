// Does a name inside an archive lead out of the folder that the archive is unpacked into?

/** Why it does; undefined where it stays inside. Both separators count: what is a name here is a path elsewhere. */
export function leadsOut(name: string): string | undefined {
  if (/^[/\\]/.test(name)) return 'an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'a path on a drive';
  if (name.includes('\0')) return 'a name with a zero byte, which ends it early for some readers';
  let depth = 0;
  for (const part of name.split(/[/\\]/)) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return 'a path that leads out of the folder';
  }
  return undefined;
}
