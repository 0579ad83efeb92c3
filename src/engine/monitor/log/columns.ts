// A prediction log as columns: what a reader yields, which column plays which part, and the guess at that mapping.
// The guess goes by names first and by values second; it is a proposal, shown and editable, never a silent decision.

import { parseTime } from './times.ts';

/** One stretch of a log, column by column, as the reader found it. */
export interface RawBatch {
  /** Row number in the log of the first row. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
  /** Rows the reader itself could not read, with their row numbers: they are not in `columns`. */
  readonly malformed?: readonly MalformedRow[];
}

export interface MalformedRow {
  readonly row: number;
  readonly reason: string;
  readonly text?: string;
}

export const SINGLE_ROLES = ['time', 'class', 'value', 'confidence', 'latency', 'cpu', 'gpu', 'memory', 'prompt', 'source'] as const;
export type SingleRole = (typeof SINGLE_ROLES)[number];
export const MANY_ROLES = ['probabilities', 'features'] as const;
export type ManyRole = (typeof MANY_ROLES)[number];
export type Role = SingleRole | ManyRole;

export const LATENCY_UNITS = ['ns', 'us', 'ms', 's'] as const;
export type LatencyUnit = (typeof LATENCY_UNITS)[number];

/** Which column (or columns) of the log plays each part. A `features` or `probabilities` column may itself hold lists. */
export type ColumnMapping = Readonly<Partial<Record<SingleRole, string>>> & Readonly<Partial<Record<ManyRole, readonly string[]>>> & { readonly latencyUnit?: LatencyUnit };

/** Whole names, in lower case with separators as '_', surest first; then endings of longer names ('gen_ai.response.model'). */
const NAMES: Readonly<Record<SingleRole, readonly string[]>> = {
  time: ['time', 'timestamp', 'ts', 'datetime', 'date', 'created_at', 'start_time', 'event_time', 'time_unix_nano', 'at'],
  class: ['predicted_class', 'predicted_label', 'class', 'label', 'prediction', 'predicted', 'pred', 'y_pred', 'output', 'output_class', 'output_label', 'category', 'decision', 'response'],
  value: ['predicted_value', 'value', 'score_value', 'regression', 'estimate', 'y_hat', 'forecast'],
  confidence: ['confidence', 'conf', 'max_prob', 'max_probability', 'probability', 'prob', 'score', 'softmax', 'certainty'],
  latency: ['latency', 'latency_ms', 'latency_s', 'latency_us', 'latency_ns', 'duration', 'duration_ms', 'duration_s', 'duration_ns', 'elapsed', 'elapsed_ms', 'elapsed_s', 'response_time', 'response_time_ms', 'inference_ms', 'inference_time', 'time_ms', 'took_ms'],
  cpu: ['cpu', 'cpu_ms', 'cpu_time', 'cpu_percent', 'cpu_usage', 'cpu_utilization'],
  gpu: ['gpu', 'gpu_ms', 'gpu_time', 'gpu_percent', 'gpu_usage', 'gpu_utilization'],
  memory: ['memory', 'mem', 'memory_mb', 'memory_bytes', 'mem_mb', 'rss', 'rss_mb', 'peak_memory', 'memory_usage'],
  prompt: ['prompt', 'text', 'input', 'input_text', 'query', 'question', 'message', 'content', 'review', 'sentence'],
  source: ['source', 'user', 'user_id', 'client', 'client_id', 'client_ip', 'ip', 'tenant', 'account', 'caller', 'api_key', 'enduser_id', 'end_user', 'client_address', 'origin', 'session', 'session_id', 'service_name'],
};
const MANY_NAMES: Readonly<Record<ManyRole, readonly string[]>> = {
  probabilities: ['probabilities', 'probs', 'class_probabilities', 'scores', 'proba'],
  features: ['features', 'embedding', 'embeddings', 'vector', 'input_features', 'activations', 'x'],
};
/** prob_0, proba[cat], p_dog; f1, feat_3, emb.12, x7. */
const MANY_PREFIX: Readonly<Record<ManyRole, RegExp>> = {
  probabilities: /^(?:prob|probs|proba|probability|p)[_.[\s-]/,
  features: /^(?:f|feat|feature|features|emb|embedding|x|v|pc|dim)[_.[\s-]?\d{1,5}\]?$/,
};
const MOST_FEATURES = 4096;

export interface MappingGuess {
  readonly mapping: ColumnMapping;
  readonly columns: readonly ColumnSummary[];
}

export interface ColumnSummary {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'list' | 'empty';
  /** A few values as text, for the person who checks the mapping. */
  readonly examples: readonly string[];
}

export function guessMapping(batch: RawBatch): MappingGuess {
  const columns = [...batch.columns].map(([name, values]) => summarise(name, values));
  const taken = new Set<string>();
  const mapping: { -readonly [K in keyof ColumnMapping]: ColumnMapping[K] } = {};
  const usable = (role: SingleRole, column: ColumnSummary): boolean => !taken.has(column.name) && suits(role, column, batch.columns.get(column.name) ?? []);
  for (const role of SINGLE_ROLES) {
    const named = (fits: (name: string, wanted: string) => boolean): ColumnSummary[] => NAMES[role].flatMap((wanted) => columns.filter((column) => fits(plain(column.name), wanted) && usable(role, column)));
    const candidates = [...named((name, wanted) => name === wanted), ...named((name, wanted) => name.endsWith(`_${wanted}`))];
    const found = (role === 'source' ? candidates.find(({ name }) => !isConstant(batch.columns.get(name) ?? [])) : undefined) ?? candidates[0];
    if (found === undefined) continue;
    mapping[role] = found.name;
    taken.add(found.name);
  }
  for (const role of MANY_ROLES) {
    const list = columns.find((column) => column.kind === 'list' && MANY_NAMES[role].includes(plain(column.name)));
    const many = columns.filter((column) => column.kind === 'number' && !taken.has(column.name) && MANY_PREFIX[role].test(column.name.toLowerCase()));
    const found = list !== undefined ? [list.name] : many.length >= 2 ? many.slice(0, MOST_FEATURES).map(({ name }) => name) : [];
    if (found.length === 0) continue;
    mapping[role] = found;
    for (const name of found) taken.add(name);
  }
  // A class column full of fractions is a regressor's value.
  if (mapping.class !== undefined && mapping.value === undefined && isContinuous(batch.columns.get(mapping.class) ?? [])) {
    mapping.value = mapping.class;
    delete mapping.class;
  }
  if (mapping.latency !== undefined) mapping.latencyUnit = latencyUnitOf(plain(mapping.latency));
  return { mapping, columns };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
}

function latencyUnitOf(name: string): LatencyUnit {
  if (name.endsWith('_ns') || name.endsWith('_nano')) return 'ns';
  if (name.endsWith('_us') || name.endsWith('_micros')) return 'us';
  if (name.endsWith('_s') || name.endsWith('_seconds') || name.endsWith('_sec')) return 's';
  return 'ms';
}

const LOOKED_AT = 200;
/** A column of numbers may hold so many cells that are none: they are malformed, and must not hide the column. */
const MOST_ODD = 0.1;

/** What pandas, R and Python write for a missing number. */
const MISSING: ReadonlySet<string> = new Set(['', 'nan', 'na', 'n/a', '<na>', 'nat', 'null', 'none', '-']);

export function isMissing(cell: unknown): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && MISSING.has(cell.trim().toLowerCase()));
}


function summarise(name: string, values: ArrayLike<unknown>): ColumnSummary {
  const examples: string[] = [];
  let [numbers, texts, lists] = [0, 0, 0];
  for (let i = 0; i < Math.min(values.length, LOOKED_AT); i++) {
    const value = values[i];
    if (isMissing(value)) continue;
    if (isList(value)) lists++;
    else if (typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && Number.isFinite(Number(value)))) numbers++;
    else texts++;
    if (examples.length < 3) examples.push(isList(value) ? `[${value.length} numbers]` : String(value).slice(0, 60));
  }
  const kind = lists > 0 ? 'list' : texts > MOST_ODD * (numbers + texts) ? 'text' : numbers > 0 ? 'number' : 'empty';
  return { name, kind, examples };
}

export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function suits(role: SingleRole, { kind }: ColumnSummary, values: ArrayLike<unknown>): boolean {
  switch (role) {
    case 'time':
      return kind === 'number' || (kind === 'text' && holdTimes(values));
    case 'class':
    case 'source':
      return kind === 'number' || kind === 'text';
    case 'prompt':
      return kind === 'text';
    case 'confidence':
      return kind === 'number' && within(values, 0, 1);
    default:
      return kind === 'number';
  }
}

function holdTimes(values: ArrayLike<unknown>): boolean {
  let [times, seen] = [0, 0];
  for (let i = 0; i < Math.min(values.length, LOOKED_AT); i++) {
    const value = values[i];
    if (value === null || value === undefined || value === '') continue;
    seen++;
    if (!Number.isNaN(parseTime(value))) times++;
  }
  return times > seen / 2;
}

/** Says nothing about who sent what. */
function isConstant(values: ArrayLike<unknown>): boolean {
  for (let i = 1; i < Math.min(values.length, LOOKED_AT); i++) if (values[i] !== values[0]) return false;
  return values.length > 1;
}

function within(values: ArrayLike<unknown>, low: number, high: number): boolean {
  let [inside, seen] = [0, 0];
  for (let i = 0; i < Math.min(values.length, LOOKED_AT); i++) {
    const x = Number(values[i]);
    if (!Number.isFinite(x)) continue;
    seen++;
    if (x >= low && x <= high) inside++;
  }
  return seen > 0 && inside >= 0.95 * seen;
}

/** Numbers of which many are fractions: no class label looks like that. */
function isContinuous(values: ArrayLike<unknown>): boolean {
  let [fractions, numbers] = [0, 0];
  for (let i = 0; i < Math.min(values.length, LOOKED_AT); i++) {
    const value = values[i];
    if (value === null || value === undefined || value === '') continue;
    const x = Number(value);
    if (!Number.isFinite(x)) return false;
    numbers++;
    if (!Number.isInteger(x)) fractions++;
  }
  return fractions > numbers / 2;
}

/** 'class=label,confidence=score,features=f0|f1' of the command line. Undefined parts keep the guess; 'role=' drops one. */
export function editMapping(guess: ColumnMapping, edits: readonly (readonly [string, string])[]): ColumnMapping | { readonly unknownRole: string } {
  const mapping: Record<string, unknown> = { ...guess };
  for (const [role, value] of edits) {
    const single = SINGLE_ROLES.find((name) => name === role);
    const many = MANY_ROLES.find((name) => name === role);
    if (role === 'latencyUnit' && LATENCY_UNITS.some((unit) => unit === value)) mapping['latencyUnit'] = value;
    else if (single === undefined && many === undefined) return { unknownRole: role };
    else if (value === '') delete mapping[role];
    else mapping[role] = many === undefined ? value : value.split('|');
  }
  return mapping as ColumnMapping;
}
