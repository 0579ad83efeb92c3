import { describe, expect, it } from 'vitest';
import { STOPPED, type Coverage, type Finding, type Severity } from '../core/finding.ts';
import { headingWords, leadingFinding, verdictWords } from './verdict-words.ts';

const finding = (rule: string, severity: Severity, confidence = 0.95): Finding => ({ id: rule, rule, title: rule, severity, confidence, location: {}, signals: [], evidence: [], limits: '', remedy: '' });

describe('the verdict in words', () => {
  it('follows the finding that led to it', () => {
    expect(verdictWords('backdoor', [finding('ASY-PKL-001', 'critical')], [])).toBe('Code runs when this file is opened');
    expect(verdictWords('backdoor', [finding('ASY-RDA-001', 'high')], [])).toBe('Code runs when this file is used');
    expect(verdictWords('backdoor', [finding('ASY-LLM-001', 'critical')], [])).toBe('Backdoor found');
    expect(verdictWords('suspicious', [finding('ASY-PKL-003', 'medium')], [])).toBe('Opening this file may run code');
  });

  it('is that of the finding that convicts, not of a graver one that is unsure', () => {
    const findings = [finding('ASY-GLB-001', 'critical', 0.5), finding('ASY-ARC-001', 'high')];
    expect(leadingFinding('backdoor', findings)?.rule).toBe('ASY-ARC-001');
  });

  it('says what was done where only the files were checked', () => {
    expect(headingWords('files', 'not-tested', [], [], 0)).toBe('Files checked');
    expect(headingWords('files', 'not-tested', [], [], 2)).toBe('Not wholly inspected');
    expect(headingWords('all', 'not-tested', [], [], 0)).toBe('Not tested');
    expect(headingWords('files', 'backdoor', [finding('ASY-PKL-001', 'critical')], [], 0)).toBe('Code runs when this file is opened');
  });

  it('says of an audit that the user stopped that it was cancelled; one that failed, or that convicts all the same, is called as ever', () => {
    const entry = (reason: string): Coverage => ({ analysis: 'trigger-scan', status: 'failed', reason, limits: '', seconds: 0 });
    const stopped = [entry(`${STOPPED} before this began`)];
    expect(verdictWords('not-tested', [], stopped)).toBe('Cancelled before its end');
    expect(headingWords('all', 'not-tested', [], stopped, 2)).toBe('Cancelled before its end');
    expect(verdictWords('not-tested', [], [entry('the model could not be run: it broke')])).toBe('Not tested');
    expect(verdictWords('backdoor', [finding('ASY-LLM-001', 'critical')], stopped)).toBe('Backdoor found');
  });

  it('counts nothing that is suppressed', () => {
    expect(verdictWords('not-tested', [{ ...finding('ASY-PKL-001', 'critical'), suppressed: { reason: 'ours', expires: '2030-01-01' } }], [])).toBe('Not tested');
    expect(leadingFinding('suspicious', [{ ...finding('ASY-PKL-001', 'critical'), suppressed: { reason: 'ours', expires: '2030-01-01' } }, finding('ASY-FIL-001', 'medium')])?.rule).toBe('ASY-FIL-001');
  });
});
