// What a YAML file asks its loader to do: the same as JSON would, and tags by which PyYAML calls Python (yaml.load and
// yaml.unsafe_load). Line by line where it does not parse. What it can miss: anchors beyond the library's limit, tags that an
// application registers itself.
import { isObject } from '../../artifact/text.ts';
import { MAX_YAML, yamlValues } from '../yaml-values.ts';
import type { Ask } from './ask.ts';
import { asksOf, textAsks } from './facts.ts';
import { tagAsks } from './gadgets.ts';

const MAX_LINES = 20_000;
const MAX_LINE = 2000;
const MAX_ASKS = 64;

export function yamlAsks(text: string): Ask[] {
  const values = yamlValues(text);
  const asks = values === undefined ? lineAsks(text) : values.flatMap((value) => (isObject(value) ? asksOf(value) : Array.isArray(value) ? asksOf({ '': value }) : []));
  return [...tagAsks(text.split('\n', MAX_LINES).map((line) => line.slice(0, MAX_LINE))), ...bombAsks(text), ...asks].slice(0, MAX_ASKS);
}

/** Lists of references to lists of references: each of these levels multiplies what a reader holds. */
const FEWEST_LEVELS = 5;

function bombAsks(text: string): Ask[] {
  const levels = text.slice(0, MAX_YAML).split('\n').filter((line) => /^[^#\n]{0,200}&\w{1,40}\s{0,4}\[/.test(line) && (line.match(/\*\w{1,40}/g)?.length ?? 0) >= 4).length;
  return levels < FEWEST_LEVELS ? [] : [{ kind: 'unfolds', key: 'anchors', value: `${levels} levels`, what: 'unfolds to far more than its size' }];
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
