import { describe, expect, it } from 'vitest';
import { artifactKey, evidenceOf, hasPhrase, summaryLine } from './finding-view.ts';
import { FINDING, REPORT } from './testing/specimens.ts';

describe('a finding as a row', () => {
  it('says what else is known', () => {
    expect(summaryLine(FINDING)).toBe('fuzzy: 1 of 2 variants fire · leaked in 1 of 48 samples · at the end');
  });
  it('names the file and the rule where there is no phrase', () => {
    const { trigger: _, ...rule } = { ...FINDING, evidence: [], location: { file: 'a.json' } };
    expect(hasPhrase(rule)).toBe(false);
    expect(summaryLine(rule)).toBe('a.json · rule R');
  });
  it('gives the evidence of one kind', () => expect(evidenceOf(FINDING, 'leaks')[0]?.motif).toBe('blue heron'));
});

it('keys an artifact by its largest file', () => {
  expect(artifactKey([{ path: 'config.json', bytes: 1, sha256: 'no', format: 'json' }, ...REPORT.subject.files])).toBe('ab12');
  expect(artifactKey([])).toBe('none');
});
