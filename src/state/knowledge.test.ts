import { describe, expect, it } from 'vitest';
import type { Knowledge } from './client.ts';
import { createKnowledge, exportSignatures, looksKnown } from './knowledge.ts';
import { memoryHost } from './testing/scripted-client.ts';

const SET = JSON.stringify({ schema: 'assay-signatures/1', entries: [{ kind: 'file', sha256: 'ab'.repeat(32), verdict: 'bad', name: 'x', source: 'a report' }] });
const ALLOW = JSON.stringify({ schema: 'assay-allow/1', entries: [{ rule: 'ASY-PKL-001', reason: 'ours', expires: '2030-01-01' }] });

describe('what the user brings along', () => {
  it('is told by its content, kept, and read again at the next start', () => {
    const host = memoryHost();
    const seen: Knowledge[] = [];
    const store = createKnowledge(host, (knowledge) => seen.push(knowledge));
    store.getState().add('bad.json', SET);
    store.getState().add('allow.json', ALLOW);
    expect(seen.at(-1)).toMatchObject({ signatures: [{ name: 'x', set: 'bad.json' }], allowed: [{ rule: 'ASY-PKL-001' }], trusted: [] });
    const again = createKnowledge(host, () => {});
    expect(again.getState().files.map(({ name, kind }) => [name, kind])).toEqual([['bad.json', 'signatures'], ['allow.json', 'allowed']]);
    expect(JSON.parse(exportSignatures(again.getState().files))).toEqual(JSON.parse(SET));
    again.getState().remove('bad.json');
    expect(createKnowledge(host, () => {}).getState().files.map(({ name }) => name)).toEqual(['allow.json']);
  });

  it('is refused where it is none of these, and nothing is lost by that', () => {
    const store = createKnowledge(memoryHost(), () => {});
    store.getState().add('bad.json', SET);
    expect(() => store.getState().add('other.json', '{}')).toThrow('schema');
    expect(store.getState().files).toHaveLength(1);
    expect([SET, ALLOW, '{"a": 1}'].map(looksKnown)).toEqual([true, true, false]);
  });
});
