// What a YAML file (YAML 1.2 core schema, read by the yaml library) asks its loader to do: the same as JSON would, and tags by
// which PyYAML calls Python (yaml.load and yaml.unsafe_load). Line by line where it does not parse. What it can miss: anchors
// beyond the library's limit, tags that an application registers itself.
import { parseAllDocuments } from 'yaml';
import { isObject } from '../../artifact/text.ts';
import type { Ask } from './ask.ts';
import { asksOf, textAsks } from './facts.ts';
import { tagAsks } from './gadgets.ts';

/** Configurations are small; more is read line by line (CWE-400). */
const MAX_PARSED = 2 ** 18;
/** Levels of brackets or of indentation that are parsed (CWE-674). */
const MAX_NESTING = 64;
const MAX_LINES = 20_000;
const MAX_LINE = 2000;
const MAX_ASKS = 64;

export function yamlAsks(text: string): Ask[] {
  const values = parsed(text);
  const asks = values === undefined ? lineAsks(text) : values.flatMap((value) => (isObject(value) ? asksOf(value) : Array.isArray(value) ? asksOf({ '': value }) : []));
  return [...tagAsks(text.split('\n', MAX_LINES).map((line) => line.slice(0, MAX_LINE))), ...bombAsks(text), ...asks].slice(0, MAX_ASKS);
}

/** Lists of references to lists of references: each of these levels multiplies what a reader holds. */
const FEWEST_LEVELS = 5;

function bombAsks(text: string): Ask[] {
  const levels = text.slice(0, MAX_PARSED).split('\n').filter((line) => /^[^#\n]{0,200}&\w{1,40}\s{0,4}\[/.test(line) && (line.match(/\*\w{1,40}/g)?.length ?? 0) >= 4).length;
  return levels < FEWEST_LEVELS ? [] : [{ kind: 'unfolds', key: 'anchors', value: `${levels} levels`, what: 'unfolds to far more than its size' }];
}

function parsed(text: string): unknown[] | undefined {
  if (text.length > MAX_PARSED || nesting(text) > MAX_NESTING) return undefined;
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
    return Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0) ? documents.map((document): unknown => document.toJS({ maxAliasCount: 100 })) : undefined;
  } catch {
    return undefined;
  }
}

/** At most, and without regard to strings: brackets that are open, and steps of indentation. */
function nesting(text: string): number {
  let [open, most] = [0, 0];
  for (const line of text.split('\n')) {
    const indented = /^[ \t?-]*/.exec(line)?.[0].length ?? 0;
    for (const character of line) {
      if (character === '[' || character === '{') open++;
      else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    }
    most = Math.max(most, open, Math.ceil(indented / 2));
  }
  return most;
}

function lineAsks(text: string): Ask[] {
  const asks: Ask[] = [];
  for (const [i, whole] of text.split('\n', MAX_LINES).entries()) {
    const line = whole.slice(0, MAX_LINE);
    if (/^\s*#/.test(line)) continue;
    const pair = /^\s{0,200}(?:-\s{1,20})?["']?([\w.-]{1,100})["']?\s{0,20}:\s{1,20}(\S.{0,1800})$/.exec(line.trimEnd());
    if (pair === null) continue;
    const [, key = '', written = ''] = pair;
    const value = written.replace(/^(["'])(.*)\1$/, '$2');
    asks.push(...textAsks(`line ${i + 1}: ${key}`, key, value));
  }
  return asks;
}
