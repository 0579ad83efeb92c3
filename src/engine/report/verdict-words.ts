// The verdict as a heading. The contract's four values stay what they are; the words follow the finding that led to it, since
// "backdoor" says little of a pickle that starts a shell or of an archive that two programs read differently.
import { CONVICTION, rankFindings } from '../audit/verdict.ts';
import { isStoppedEntry, type Coverage, type Finding, type Verdict } from '../core/finding.ts';
import { nanInWeights } from '../rules/weights-numbers/nan-in-weights.ts';

const PLAIN: Readonly<Record<Verdict, string>> = {
  backdoor: 'Backdoor found',
  suspicious: 'Suspicious',
  'no-evidence': 'No evidence',
  'not-tested': 'Not tested',
};

/** By the area of a rule's id (ASY-<AREA>-<NNN>): what a grave finding of it means, and what a suspicion. */
const AREAS: Readonly<Record<string, readonly [grave: string, suspicion: string]>> = {
  PKL: ['Code runs when this file is opened', 'Opening this file may run code'],
  RDA: ['Code runs when this file is used', 'Using this file may run code'],
  XML: ['The file makes its reader reach outside', 'The file is unusual'],
  KER: ['Code runs when this model is loaded', 'Loading this model may run code'],
  TFL: ['The graph reaches outside the model', 'The graph may reach outside the model'],
  EXE: ['A program among the model’s files', 'Something to run among the model’s files'],
  ARC: ['The archive is not what it seems', 'The archive is unusual'],
  FIL: ['A file is malformed', 'A file is malformed'],
  STN: ['The weights’ file is malformed', 'The weights’ file is unusual'],
  GUF: ['The weights’ file is malformed', 'The weights’ file is unusual'],
  ONX: ['The graph’s file is built for abuse', 'The graph’s file is unusual'],
  GLB: ['A hidden switch in the graph', 'What may be a switch in the graph'],
  TPL: ['The chat template hides something', 'The chat template is unusual'],
  TOK: ['The tokenizer changes what is read', 'The tokenizer is unusual'],
  CFG: ['The configuration brings code along', 'The configuration asks for trust'],
  PRV: ['Not what it says it is', 'What it says of itself does not fit'],
};

const NAN_WORDS = 'Cannot be judged: NaN in the weights';
const STOPPED_WORDS = 'Cancelled before its end';

export function verdictWords(verdict: Verdict, findings: readonly Finding[], coverage: readonly Coverage[]): string {
  if (verdict === 'not-tested' && nanInWeights(findings) !== undefined) return NAN_WORDS;
  if (verdict === 'not-tested' && coverage.some(isStoppedEntry)) return STOPPED_WORDS;
  const lead = leadingFinding(verdict, findings);
  const words = lead === undefined ? undefined : AREAS[/^ASY-([A-Z]+)-/.exec(lead.rule)?.[1] ?? ''];
  return words === undefined ? PLAIN[verdict] : words[verdict === 'backdoor' ? 0 : 1];
}

/** Above a report whose files alone were to be checked, or all: a check that found nothing clears nothing, so the words say what was done. */
export function headingWords(scope: 'files' | 'all', verdict: Verdict, findings: readonly Finding[], coverage: readonly Coverage[], unread: number): string {
  if (verdict === 'not-tested' && unread > 0 && !coverage.some(isStoppedEntry)) return 'Not wholly inspected';
  return verdict === 'not-tested' && scope === 'files' && nanInWeights(findings) === undefined ? 'Files checked' : verdictWords(verdict, findings, coverage);
}

/** The finding that the verdict rests on: what convicts, or the first that is suspicious. Suppressed ones lead to nothing. */
export function leadingFinding(verdict: Verdict, findings: readonly Finding[]): Finding | undefined {
  if (verdict !== 'backdoor' && verdict !== 'suspicious') return undefined;
  const counted = rankFindings(findings.filter(({ suppressed, severity }) => suppressed === undefined && severity !== 'info'));
  const grave = counted.find(({ severity, confidence }) => (severity === 'critical' || severity === 'high') && confidence >= CONVICTION);
  return verdict === 'backdoor' ? (grave ?? counted[0]) : counted[0];
}
