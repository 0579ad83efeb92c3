// What a YAML file asks its loader to do, line by line and without a parser: tags by which PyYAML calls Python (yaml.load and
// yaml.unsafe_load), '_target_' of Hydra and NeMo, secrets and commands in plain values. What it can miss: values over several
// lines, anchors, keys written in another style than 'key: value'.
import { targetAsk, textAsks, type Ask } from './facts.ts';

const MAX_LINES = 20_000;
const MAX_LINE = 2000;
const MAX_ASKS = 64;

export function yamlAsks(text: string): Ask[] {
  const asks: Ask[] = [];
  for (const [i, whole] of text.split('\n', MAX_LINES).entries()) {
    if (asks.length >= MAX_ASKS) break;
    const line = whole.slice(0, MAX_LINE);
    if (/^\s*#/.test(line)) continue;
    const tag = /!!python\/(?:object\/(?:apply|new)|object|name|module):[\w.]{0,200}/.exec(line);
    if (tag !== null) asks.push({ kind: 'target', key: `line ${i + 1}`, value: tag[0], what: 'makes Python objects while it is read' });
    const pair = /^\s{0,200}(?:-\s{1,20})?["']?([\w.-]{1,100})["']?\s{0,20}:\s{1,20}(\S.{0,1800})$/.exec(line.trimEnd());
    if (pair === null) continue;
    const [, key = '', written = ''] = pair;
    const value = written.replace(/^(["'])(.*)\1$/, '$2');
    asks.push(...(key === '_target_' ? targetAsk(`line ${i + 1}`, value) : textAsks(`line ${i + 1}: ${key}`, key, value)));
  }
  return asks;
}
