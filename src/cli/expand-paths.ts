// Patterns given to the command line -> paths. Shells expand most of them; this is for those that do not, and for '**'.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './usage.ts';

const MAX_PATHS = 10_000;

/** '*' and '?' stand for characters of one name, '**' for any number of folders. What exists as written is taken as it is. */
export async function expandPaths(patterns: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const pattern of patterns) {
    if (!/[*?]/.test(pattern) || existsSync(pattern)) {
      paths.push(pattern);
      continue;
    }
    const parts = pattern.split('/');
    const absolute = parts[0] === '';
    const found = await walk(absolute ? '/' : '.', absolute ? parts.slice(1) : parts);
    if (found.length === 0) throw new UsageError(`nothing is called ${pattern}`);
    paths.push(...found.sort());
    if (paths.length > MAX_PATHS) throw new UsageError(`${pattern}: more than ${MAX_PATHS} paths`);
  }
  return [...new Set(paths)];
}

async function walk(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (!/[*?]/.test(part)) {
    const next = join(folder, part);
    if (!existsSync(next)) return [];
    return rest.length === 0 ? [next] : walk(next, rest);
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  if (part === '**') {
    found.push(...(rest.length === 0 ? entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name)) : await walk(folder, rest)));
    for (const entry of entries) if (entry.isDirectory()) found.push(...(await walk(join(folder, entry.name), parts)));
    return [...new Set(found)];
  }
  for (const entry of entries) {
    if (!nameMatches(part, entry.name)) continue;
    const next = join(folder, entry.name);
    if (rest.length === 0) found.push(next);
    else if (entry.isDirectory()) found.push(...(await walk(next, rest)));
  }
  return found;
}

/** Greedy with one way back: linear in pattern times name. */
function nameMatches(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === name[n] && pattern[p] !== '*'))) {
      p++;
      n++;
    } else if (pattern[p] === '*') {
      star = p++;
      mark = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
