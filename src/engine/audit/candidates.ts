// Candidates that somebody names before an audit: words that a log's monitor found, phrases from a hunch, classes to look
// at closely. A candidate is a hint and no evidence: probes add it to what they try anyway, and it goes through the same
// proof and the same controls as what they found themselves. What became of each is reported, also where nothing did.
//
// Read from: a list (`assay-candidates/1`), a monitor's report or an audit's report, or text with one phrase a line.
// Not read: patches and overlays as pictures; of those, the class that they lead to is taken as a hint.
import { describeJson, insteadOfJson } from '../artifact/text.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { Finding } from '../core/finding.ts';

const CANDIDATES_SCHEMA = 'assay-candidates/1';
export const CANDIDATE_LIMITS = { candidates: 64, characters: 400 } as const;

export interface NamedCandidate {
  /** 'text': a phrase for language models and text classifiers. 'class': a label (or index) for image classifiers. */
  readonly kind: 'text' | 'class';
  readonly value: string;
  /** Who named it and why, in words. */
  readonly origin: string;
}

export function parseCandidates(text: string, file: string): NamedCandidate[] {
  const trimmed = text.trim();
  const found = trimmed.startsWith('{') || trimmed.startsWith('[') ? fromJson(trimmed, file) : fromLines(trimmed, file);
  const distinct = [...new Map(found.map((candidate) => [`${candidate.kind} ${candidate.value}`, candidate])).values()];
  // U+FFFD stands where the bytes are no text.
  if (/[\uFFFD\0]/.test(trimmed)) throw new ArtifactError({ code: 'malformed', format: 'candidates', file, expected: 'text in UTF-8', actual: 'other bytes' });
  if (distinct.length === 0) throw new ArtifactError({ code: 'malformed', format: 'candidates', file, expected: 'at least one candidate', actual: 'none' });
  if (distinct.length > CANDIDATE_LIMITS.candidates) throw tooMany(file, 'candidates', CANDIDATE_LIMITS.candidates, distinct.length);
  for (const { value } of distinct) if (value.length > CANDIDATE_LIMITS.characters) throw tooMany(file, 'characters of a candidate', CANDIDATE_LIMITS.characters, value.length);
  return distinct;
}

function tooMany(file: string, field: string, most: number, actual: number): ArtifactError {
  return new ArtifactError({ code: 'limit-exceeded', format: 'candidates', file, field, expected: `at most ${most}`, actual: String(actual) });
}

function fromLines(text: string, file: string): NamedCandidate[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((value) => ({ kind: 'text', value, origin: `a line of ${file}` }));
}

function fromJson(text: string, file: string): NamedCandidate[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArtifactError({ code: 'malformed', format: 'candidates', file, expected: 'JSON, or text with one phrase a line', actual: `broken JSON (${insteadOfJson(text, error)})` });
  }
  const schema = isRecord(value) ? value['schema'] : undefined;
  if (isRecord(value) && schema === CANDIDATES_SCHEMA) return listOf(value['candidates']).flatMap((entry) => candidateOf(entry, file));
  if (isRecord(value) && schema === 'assay-monitor/1') return candidatesOfAlerts(listOf(value['alerts']), file);
  if (isRecord(value) && schema === 'assay-report/1') return listOf(value['findings']).flatMap((finding) => fromFinding(finding, file));
  throw new ArtifactError({ code: 'malformed', format: 'candidates', file, field: 'schema', expected: `${CANDIDATES_SCHEMA}, assay-monitor/1 or assay-report/1`, actual: typeof schema === 'string' ? schema.slice(0, 60) : 'none' });
}

function candidateOf(entry: unknown, file: string): NamedCandidate[] {
  if (!isRecord(entry)) throw new ArtifactError({ code: 'malformed', format: 'candidates', file, field: 'candidates', expected: '{ kind: "text" or "class", value, origin }', actual: describeJson(entry) });
  const { kind, value, origin } = entry;
  if ((kind !== 'text' && kind !== 'class') || typeof value !== 'string' || value.trim() === '') {
    throw new ArtifactError({ code: 'malformed', format: 'candidates', file, field: 'candidates', expected: '{ kind: "text" or "class", value, origin }', actual: describeJson(entry) });
  }
  return [{ kind, value: value.trim(), origin: typeof origin === 'string' ? origin : file }];
}

/** Words that alerts name, and the classes whose share or inputs changed. Closed alerts name nothing. */
export function candidatesOfAlerts(alerts: readonly unknown[], source: string): NamedCandidate[] {
  return alerts.flatMap((alert): NamedCandidate[] => {
    if (!isRecord(alert) || alert['state'] === 'closed') return [];
    const { candidate, class: output, title } = alert;
    const origin = `${typeof title === 'string' ? title : 'an alert'} (${source})`;
    const phrase = isRecord(candidate) && typeof candidate['value'] === 'string' && candidate['value'].trim() !== '' ? [{ kind: 'text' as const, value: candidate['value'].trim(), origin }] : [];
    const label = isRecord(output) && typeof output['label'] === 'string' ? [{ kind: 'class' as const, value: output['label'], origin }] : [];
    return [...phrase, ...label];
  });
}

function fromFinding(finding: unknown, file: string): NamedCandidate[] {
  if (!isRecord(finding)) return [];
  const { trigger, target, title, severity } = finding;
  if (severity === 'info') return [];
  const origin = `${typeof title === 'string' ? title : 'a finding'} (${file})`;
  const phrase = isRecord(trigger) && (trigger['kind'] === 'text' || trigger['kind'] === 'tokens') && typeof trigger['value'] === 'string' ? [{ kind: 'text' as const, value: trigger['value'].trim(), origin }] : [];
  const named = isRecord(target) && 'class' in target ? [target['label'], target['class']].find((value) => typeof value === 'string' || typeof value === 'number') : undefined;
  const label = named === undefined ? [] : [{ kind: 'class' as const, value: String(named), origin }];
  return [...phrase, ...label].filter(({ value }) => value !== '');
}

/** What became of the candidates: a note of severity "info" that convicts and clears nobody. */
export function namedFinding(analysis: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[], note: string, limits: string): Finding {
  return {
    id: `ASY-CAN-001:${analysis}`,
    rule: 'ASY-CAN-001',
    title: `${rows.length === 1 ? 'The named candidate was' : `${rows.length} named candidates were`} tried (${analysis})`,
    severity: 'info',
    confidence: 0,
    location: {},
    signals: [],
    evidence: [
      { kind: 'text', title: 'What this says', text: note },
      { kind: 'table', title: 'What became of each', columns, rows },
    ],
    limits,
    remedy: 'A candidate that does something stands as a suspicion of its own, with its proof. One that does nothing here may do so in other positions, longer phrases or topics.',
  };
}

export function textsOf(candidates: readonly NamedCandidate[] | undefined): readonly NamedCandidate[] {
  return (candidates ?? []).filter(({ kind }) => kind === 'text');
}

/** Class indices that candidates name, by label or by number. */
export function classesOf(candidates: readonly NamedCandidate[] | undefined, labels: readonly string[], classes: number): number[] {
  const named = (candidates ?? []).filter(({ kind }) => kind === 'class').map(({ value }) => {
    const byLabel = labels.indexOf(value);
    return byLabel >= 0 ? byLabel : /^\d{1,6}$/.test(value) ? Number(value) : -1;
  });
  return [...new Set(named)].filter((index) => index >= 0 && index < classes);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
