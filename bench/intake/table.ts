// Outcomes -> the table that is printed: who flagged how many of what, and every miss by name.
import { SEVERITIES, type Severity } from '../../src/engine/core/finding.ts';

export interface Sample {
  readonly file: string;
  readonly expected: 'malicious' | 'suspicious' | 'benign';
  readonly why: string;
  readonly peers: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly sample: Sample;
  readonly severity: Severity | 'none';
  readonly notInspected: boolean;
  readonly findings: readonly string[];
  readonly failed: readonly string[];
  readonly milliseconds: number;
}

const atLeast = (severity: Severity | 'none', least: Severity): boolean => severity !== 'none' && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** The bar: malicious medium or higher, benign below low, suspicious flagged or not inspected. */
export function isRight({ sample, severity, notInspected }: Outcome): boolean {
  if (sample.expected === 'malicious') return atLeast(severity, 'medium');
  if (sample.expected === 'benign') return !atLeast(severity, 'low');
  return atLeast(severity, 'low') || notInspected;
}

export function printTable(outcomes: readonly Outcome[], seconds: number, missedOnly: boolean): string {
  const lines: string[] = [];
  const wrong = outcomes.filter((outcome) => !isRight(outcome));
  for (const outcome of wrong) {
    lines.push(`MISS ${outcome.sample.expected.padEnd(10)} ${outcome.sample.file} (${outcome.sample.why}): ${outcome.severity}${outcome.notInspected ? ', not wholly inspected' : ''}`);
    for (const finding of outcome.findings.slice(0, 4)) lines.push(`       ${finding.slice(0, 220)}`);
  }
  for (const { sample, failed } of outcomes) for (const failure of failed) lines.push(`FAILED ${sample.file}: ${failure}`);
  if (missedOnly) return `${lines.join('\n')}\n${wrong.length} wrong of ${outcomes.length}, ${seconds.toFixed(1)} s\n`;
  const peers = Object.keys(outcomes[0]?.sample.peers ?? {});
  const row = (name: string, cells: readonly (string | number)[]): string => `| ${name.padEnd(28)} | ${cells.map((cell) => String(cell).padStart(16)).join(' | ')} |`;
  const of = (expected: Sample['expected']): Outcome[] => outcomes.filter(({ sample }) => sample.expected === expected);
  const flagged = (verdict: string | undefined): boolean => verdict === 'malicious' || verdict === 'suspicious';
  lines.push('', row('', ['assay', ...peers]), `|${'-'.repeat(30)}|${[...peers, ''].map(() => '-'.repeat(18)).join('|')}|`);
  for (const expected of ['malicious', 'suspicious', 'benign'] as const) {
    const all = of(expected);
    lines.push(row(`${expected}: flagged of ${all.length}`, [all.filter(({ severity }) => atLeast(severity, expected === 'malicious' ? 'medium' : 'low')).length, ...peers.map((peer) => all.filter(({ sample }) => flagged(sample.peers[peer])).length)]));
    lines.push(row(`${expected}: called clean`, [all.filter(({ severity, notInspected }) => !atLeast(severity, 'low') && !notInspected).length, ...peers.map((peer) => all.filter(({ sample }) => sample.peers[peer] === 'clean').length)]));
  }
  const slowest = [...outcomes].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 3).map(({ sample, milliseconds }) => `${sample.file} ${Math.round(milliseconds)} ms`);
  lines.push('', `${outcomes.length - wrong.length} of ${outcomes.length} as expected, in ${seconds.toFixed(1)} s (slowest: ${slowest.join(', ')})`);
  return `${lines.join('\n')}\n`;
}
