import type { Verdict } from '../../../engine/core/finding.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  backdoor: 'Backdoor found',
  suspicious: 'Suspicious',
  'no-evidence': 'No evidence',
  'not-tested': 'Not tested',
};
