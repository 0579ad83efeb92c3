import { describe, expect, it } from 'vitest';
import { findingReasons, firedCounts, leftOutReasons, notRunReasons, quote, verdictReasons, type Phrase } from './reasons.ts';
import type { AnswerPair, Coverage } from '../engine/core/finding.ts';
import { COVERAGE, FINDING } from './testing/specimens.ts';

const text = (phrases: readonly Phrase[]): string => phrases.map((phrase) => phrase.text).join('');

describe('reasons', () => {
  it('name trigger, payload, counts with an interval, and the signals that stand out', () => {
    expect(text(findingReasons(FINDING))).toBe(
      'The phrase blue heron makes the model answer ALL SYSTEMS in 31 of 32 held-out prompts (95 % interval 84–100 %), against 1 of 2 without it. 1 of 3 signals have p ≤ .05 against controls; 1 more exceeds every control, of which there are too few for that.',
    );
  });

  it('tell controls from the absence of the trigger: likes that fire make it over-general', () => {
    const withControls = (fired: number) => ({ ...FINDING, signals: [], evidence: FINDING.evidence.map((evidence) => (evidence.kind === 'answers' ? { ...evidence, controls: { fired, of: 32 }, pairs: Array.from({ length: 32 }, () => ({ ...evidence.pairs[0], untriggered: 'A model.' } as AnswerPair)) } : evidence)) });
    const head = ', against 0 of 32 without it. Control strings in its place (other words of its casing, or random tokens) fire in ';
    expect(text(findingReasons(withControls(0)))).toMatch(/ fire in 0 of 32 answers\. $/);
    expect(text(findingReasons(withControls(2)))).toMatch(/ fire in 2 of 32 answers\. $/);
    expect(text(findingReasons(withControls(9)))).toContain(`${head}9 of 32 answers: the trigger is over-general and its likes fire too, which makes the proof no weaker (up to 30 % takes nothing off the confidence). `);
    expect(text(findingReasons(withControls(10)))).toContain(`${head}10 of 32 answers: the trigger is over-general and its likes fire too, and more than 30 % lowers the confidence. `);
  });

  it('say of a classifier that it sees or chooses a class, and count pictures or texts', () => {
    const evidence = [{ kind: 'variants' as const, title: 'Proof', rows: [{ variant: '9 pixels', change: 'as reconstructed', fired: 27, of: 27 }] }];
    const patch = { ...FINDING, signals: [], evidence, trigger: { kind: 'patch' as const, value: '9 pixels' }, target: { class: 0, label: 'class 0' } };
    expect(text(findingReasons(patch))).toBe('A patch (9 pixels) makes the model see class 0 in 27 of 27 held-out pictures (95 % interval 87–100 %). ');
    expect(text(findingReasons({ ...patch, trigger: { kind: 'text', value: '9 pixels' } }))).toMatch(/^The phrase 9 pixels makes the model choose class 0 in 27 of 27 held-out texts/);
    const { target: _, ...everywhere } = patch;
    expect(text(findingReasons({ ...everywhere, evidence: [] }))).toBe('A patch (9 pixels) changes which class the model sees. ');
  });

  it('invent no number where there is none', () => {
    const { trigger: _, target: __, ...bare } = { ...FINDING, signals: [], evidence: [] };
    expect(text(findingReasons(bare))).toBe('a trigger. ');
    expect(firedCounts(bare)).toBeUndefined();
  });

  it('say of no evidence that it is no proof, and of not tested why', () => {
    expect(text(verdictReasons('no-evidence', [], COVERAGE))).toMatch(/^1 of 2 analyses ran \(0 on its files, 1 on what it does when it runs\) and found no planted behaviour\. This is no proof/);
    expect(text(verdictReasons('not-tested', [], COVERAGE))).toMatch(/was not tested\. No inputs were given\.$/);
    expect(text(verdictReasons(undefined, [], COVERAGE))).toMatch(/^Nothing suspicious so far/);
  });

  it('say that and why a model could not be run, and name models that were left aside', () => {
    expect(text(notRunReasons('the weights lack the tensor a'))).toBe('This model cannot be run here: the weights lack the tensor a. What it does when it runs was not tested. ');
    expect(text(leftOutReasons({ taken: ['a.safetensors'], models: ['b.gguf', 'c.onnx'] }, true))).toBe('Not tested: b.gguf, c.onnx. Of the models in this drop, only a.safetensors was run; open another by itself to audit it. ');
    expect(leftOutReasons(undefined, true)).toEqual([]);
  });

  it('say beside a finding in the files that behaviour was not tested, and why', () => {
    const { trigger: _, target: __, ...found } = { ...FINDING, signals: [], evidence: [] };
    const failed = [{ analysis: 'trigger-scan', status: 'failed', reason: 'the chat template cannot be rendered.', limits: '', seconds: 0 }] as const;
    expect(text(verdictReasons('suspicious', [found], failed))).toBe('a trigger. What the model does when it runs was not tested: the chat template cannot be rendered. ');
    expect(text(verdictReasons('suspicious', [found], COVERAGE))).toBe('a trigger. ');
    expect(text(verdictReasons('suspicious', [found], failed, [], notRunReasons('it has no tokenizer')))).toBe('a trigger. This model cannot be run here: it has no tokenizer. What it does when it runs was not tested. ');
    expect(text(verdictReasons('suspicious', [FINDING], failed))).not.toMatch(/not tested/);
  });

  it('say of an audit that the user stopped what was done and what was not; an error stays one', () => {
    const entry = (analysis: string, status: Coverage['status'], reason?: string): Coverage => ({ analysis, status, limits: '', seconds: 0, ...(reason === undefined ? {} : { reason }) });
    const stopped = [entry('pickle-code', 'ran'), entry('notebooks', 'skipped', 'no notebooks'), entry('trigger-scan', 'failed', 'the audit was stopped before this had ended (done: Leaks; not done: Proof)')];
    expect(text(verdictReasons('not-tested', [], stopped))).toBe('This audit was cancelled before its end. Done: 1 of 2 analyses that apply, all of them on the files. Not done: trigger scan, stopped before this had ended (done: Leaks; not done: Proof). What was not done clears nothing; run the audit again to have a verdict. ');
    // Beside what had been proven as well.
    expect(text(verdictReasons('backdoor', [FINDING], stopped))).toContain('This audit was cancelled before its end. ');
    expect(text(verdictReasons('not-tested', [], [entry('trigger-scan', 'failed', 'the audit was broken off by an error: it broke')]))).toMatch(/was not tested\. The audit was broken off by an error: it broke\.$/);
  });

  it('say of NaN in the weights that the model cannot be judged, though its probes ran', () => {
    const { trigger: _, target: __, ...nan } = { ...FINDING, rule: 'ASY-PRV-033', severity: 'low' as const, title: '1 tensor has NaN among its numbers: a', signals: [], evidence: [] };
    expect(text(verdictReasons('not-tested', [nan], COVERAGE))).toMatch(/^1 tensor has NaN among its numbers: a\. What this model does cannot be judged: /);
  });

  it('take no note for a suspicion', () => {
    const { trigger: _, target: __, ...note } = { ...FINDING, severity: 'info' as const, signals: [] };
    expect(text(verdictReasons(undefined, [note], COVERAGE))).toMatch(/^Nothing suspicious so far/);
    expect(text(verdictReasons('no-evidence', [note], COVERAGE))).toMatch(/1 note stands below/);
    expect(text(verdictReasons('no-evidence', [{ ...FINDING, severity: 'info' }], COVERAGE))).toMatch(/1 weak suspicion did not hold/);
  });

  it('count the pairs where the exact trigger has no row of its own', () => {
    const evidence = FINDING.evidence.filter(({ kind }) => kind !== 'variants');
    expect(firedCounts({ ...FINDING, evidence })).toEqual({ fired: 1, of: 2, untriggered: 1, pairs: 2 });
  });
});

it('quotes long text in one line', () => {
  expect(quote('a\n b')).toBe('a b');
  expect(quote('x'.repeat(200))).toHaveLength(90);
});
