// Whether a value is a report of version 1 (report.ts) in every field that is drawn or counted, and which field is not. Reports
// come by mail: a score of 17, a count below nothing and a verdict that nobody gives are refused, with the path.
import type { CoverageStatus, Evidence, Severity, Task, Trigger, Verdict } from '../core/finding.ts';
import { BUDGETS, SEVERITIES } from '../core/finding.ts';
import { shown } from '../core/shown.ts';

export interface ReportProblem {
  /** 'findings[0].signals[2].value' */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

type Check = (value: unknown, path: string) => ReportProblem | undefined;

/** Pictures beyond this are none that the page makes, and would take its memory (CWE-400). */
const MAX_PICTURE_SIDE = 4096;
const MAX_FOUND = 60;

export function checkReport(report: unknown): ReportProblem | undefined {
  return REPORT(report, '');
}

const wrong = (path: string, expected: string, value: unknown): ReportProblem => ({ path, expected, found: value === undefined ? 'nothing' : shown(kindOf(value), MAX_FOUND) });

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

const when = (expected: string, holds: (value: unknown) => boolean): Check => (value, path) => (holds(value) ? undefined : wrong(path, expected, value));
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const text = when('text', (value) => typeof value === 'string');
const truth = when('true or false', (value) => typeof value === 'boolean');
const number = when('a number', isNumber);
/** JSON writes null for what is no number. */
const measured = when('a number or null', (value) => value === null || isNumber(value));
const count = when('a whole number, 0 or more', (value) => isNumber(value) && Number.isInteger(value) && value >= 0);
const seconds = when('a number, 0 or more', (value) => isNumber(value) && value >= 0);
const share = when('a number from 0 to 1', (value) => isNumber(value) && value >= 0 && value <= 1);
const digest = when('a SHA-256 in hexadecimal digits', (value) => typeof value === 'string' && /^[0-9a-f]{0,64}$/.test(value));

function oneOf(values: readonly string[]): Check {
  return when(values.length === 1 ? String(values[0]) : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`, (value) => typeof value === 'string' && values.includes(value));
}

const optional = (check: Check): Check => (value, path) => (value === undefined ? undefined : check(value, path));

function listOf(check: Check, length?: number): Check {
  return (value, path) => {
    if (!Array.isArray(value) || (length !== undefined && value.length !== length)) return wrong(path, length === undefined ? 'a list' : `a list of ${length}`, value);
    for (const [at, item] of value.entries()) {
      const problem = check(item, `${path}[${at}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isRecord(value)) return wrong(path, 'an object', value);
    for (const [name, check] of Object.entries(fields)) {
      const problem = check(value[name], path === '' ? name : `${path}.${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const VERDICTS: readonly Verdict[] = ['backdoor', 'suspicious', 'no-evidence', 'not-tested'];
const TASKS: readonly Task[] = ['causal-lm', 'text-classification', 'image-classification', 'encoder', 'tabular', 'other'];
const STATUSES: readonly CoverageStatus[] = ['ran', 'skipped', 'failed'];
const TRIGGERS: readonly Trigger['kind'][] = ['text', 'tokens', 'patch', 'blend', 'graph', 'code', 'template'];
const severity = oneOf(SEVERITIES satisfies readonly Severity[]);

const INSPECTION = {
  status: oneOf(['inspected', 'partly', 'not-inspected']), reason: optional(text), parsed: count, skipped: count, opaque: count,
  ranges: listOf(record({ begin: count, end: count, state: oneOf(['parsed', 'skipped', 'opaque']), what: text })),
};

const FILE = record({
  path: text, bytes: count, sha256: digest, format: text,
  inspection: optional(record({ ...INSPECTION, members: optional(listOf(record({ ...INSPECTION, path: text, bytes: count, format: text }))), membersLeftOut: optional(count) })),
});

const SIGNAL = record({ name: text, value: number, unit: optional(text), pValue: optional(share), rank: optional(share), nullValues: optional(listOf(measured)), measured: optional(text) });
const RANGE = listOf(count, 2);

const PICTURE: Check = (value, path) => {
  const side = when(`a whole number from 1 to ${MAX_PICTURE_SIDE}`, (pixels) => Number.isInteger(pixels) && Number(pixels) >= 1 && Number(pixels) <= MAX_PICTURE_SIDE);
  const problem = record({ width: side, height: side, channels: when('1 or 3', (channels) => channels === 1 || channels === 3), data: text })(value, path);
  if (problem !== undefined || !isRecord(value)) return problem;
  const { width, height, channels, data } = value;
  const length = 4 * Math.ceil((Number(width) * Number(height) * Number(channels)) / 3);
  return typeof data === 'string' && data.length === length ? undefined : { path: `${path}.data`, expected: `${length} characters of base64`, found: `${String(data).length}` };
};

const CHANCE = record({ class: count, label: text, p: share });

/** What each kind of evidence holds beside its title. */
const EVIDENCE: Readonly<Record<Evidence['kind'], Readonly<Record<string, Check>>>> = {
  text: { text },
  leaks: { motif: text, total: count, texts: listOf(record({ prefix: text, text, mark: optional(RANGE) })) },
  answers: { pairs: listOf(record({ prompt: text, triggerRange: RANGE, triggeredPrompt: text, untriggered: text, triggered: text, fired: truth })), controls: optional(record({ fired: count, of: count })) },
  variants: { rows: listOf(record({ variant: text, change: text, fired: count, of: count, control: optional(truth) })) },
  entropy: { unit: text, triggered: listOf(listOf(measured)), untriggered: listOf(listOf(measured)) },
  bytes: { file: text, offset: count, hex: when('hexadecimal digits', (value) => typeof value === 'string' && /^[0-9a-f]*$/i.test(value)) },
  disassembly: { file: text, lines: listOf(record({ offset: count, instruction: text, argument: text, marked: optional(truth), note: optional(text) })) },
  fields: { rows: listOf(record({ field: text, offset: optional(count), expected: optional(text), found: text })) },
  graph: { nodes: listOf(record({ id: text, kind: text, label: text, marked: optional(truth), note: optional(text) })), edges: listOf(record({ from: text, to: text, label: optional(text) })) },
  source: { text, marks: listOf(record({ begin: count, end: count, why: text })) },
  classes: { unit: text, rows: listOf(record({ label: text, value: number, nullValues: listOf(measured), flagged: truth })) },
  'class-sizes': { unit: text, suspect: number, null: listOf(measured, 3), rows: listOf(record({ class: count, label: text, value: measured, success: share })) },
  pictures: {
    target: optional(count), targetLabel: optional(text),
    stamp: record({ family: oneOf(['patch', 'blend']), picture: PICTURE, pattern: PICTURE, mask: optional(PICTURE) }),
    rows: listOf(record({ made: truth, before: PICTURE, after: PICTURE, beforeTop: CHANCE, afterTop: CHANCE, targetBefore: optional(share), targetAfter: optional(share) })),
  },
  table: { columns: listOf(text), rows: listOf(listOf(when('text or a number', (cell) => typeof cell === 'string' || typeof cell === 'number' || cell === null))) },
};

const KINDS = Object.keys(EVIDENCE);

const evidence: Check = (value, path) => {
  const problem = record({ kind: oneOf(KINDS), title: text })(value, path);
  if (problem !== undefined || !isRecord(value)) return problem;
  const [, fields] = Object.entries(EVIDENCE).find(([kind]) => kind === value['kind']) ?? [];
  return fields === undefined ? undefined : record(fields)(value, path);
};

const target: Check = (value, path) => (isRecord(value) && 'class' in value ? record({ class: count, label: optional(text) })(value, path) : record({ text })(value, path));

const FINDING = record({
  id: text, rule: text, title: text, severity, confidence: share,
  location: record({ file: optional(text), member: optional(text), offset: optional(count), key: optional(text), node: optional(text), tensor: optional(text) }),
  trigger: optional(record({ kind: oneOf(TRIGGERS), value: text, position: optional(oneOf(['start', 'middle', 'end'])), tokenIds: optional(listOf(count)), fuzzy: optional(truth) })),
  target: optional(target), signals: listOf(SIGNAL), evidence: listOf(evidence), limits: text, remedy: text, references: optional(listOf(text)),
  suppressed: optional(record({ reason: text, expires: text })),
});

const REPORT = record({
  subject: record({ name: text, task: oneOf(TASKS), architecture: text, parameters: count, files: listOf(FILE), leftOut: optional(record({ taken: listOf(text), models: listOf(text) })) }),
  tool: record({ name: text, version: text }),
  environment: record({ backend: text, threads: count, adapter: text }),
  options: record({
    budget: oneOf(BUDGETS), seed: count, candidates: optional(listOf(record({ kind: oneOf(['text', 'class']), value: text, origin: text }))),
    inputs: optional(record({ path: text, used: count, files: listOf(record({ path: text, bytes: count, sha256: digest, used: count })), filesNotUsed: optional(count) })),
  }),
  verdict: oneOf(VERDICTS),
  score: share,
  findings: listOf(FINDING),
  coverage: listOf(record({ analysis: text, status: oneOf(STATUSES), reason: optional(text), limits: text, seconds })),
});
