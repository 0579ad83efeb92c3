// The options of `assay monitor`, checked: what is wrong is said with what was expected.
import { parseArgs } from 'node:util';
import { SEVERITIES, type Severity } from '../engine/core/finding.ts';
import { DEFAULT_BUDGET, DEFAULT_LEVEL, DEFAULT_WINDOW } from '../engine/monitor/check.ts';
import { LOG_LIMITS } from '../engine/monitor/log/limits.ts';
import { ATTACKS, type AttackId } from '../engine/monitor/red-team.ts';
import { UsageError } from './usage.ts';

export interface MonitorArguments {
  readonly logs: readonly string[];
  readonly out: string | undefined;
  readonly baseline: string | undefined;
  readonly json: string | undefined;
  readonly quarantine: string | undefined;
  readonly alerts: string | undefined;
  /** An audit's report: its triggers are looked for in the prompts. */
  readonly report: string | undefined;
  readonly model: string | undefined;
  readonly modelSha256: string | undefined;
  readonly modelName: string | undefined;
  /** [role, column] pairs. */
  readonly map: readonly (readonly [string, string])[];
  /** False alarms allowed a prediction. */
  readonly budget: number;
  readonly window: number;
  readonly level: number;
  readonly seed: number;
  readonly failOn: Severity;
  readonly intervalMs: number;
  readonly once: boolean;
  /** Where a watch keeps how far it is. */
  readonly state: string | undefined;
  /** Without progress for so long, reading is given up. */
  readonly standstillSeconds: number;
  readonly class: string | undefined;
  readonly predictions: number;
  readonly trigger: string | undefined;
  readonly attack: AttackId | undefined;
  readonly dose: number;
  readonly runs: number;
}

export function monitorArguments(args: readonly string[]): MonitorArguments {
  const { values, positionals } = parse(args);
  const perAlarm = positive('--budget', values.budget ?? String(1 / DEFAULT_BUDGET));
  return {
    logs: positionals, out: values.out, baseline: values.baseline, json: values.json, quarantine: values.quarantine, alerts: values.alerts, report: values.report,
    model: values.model, modelSha256: hash(values['model-sha256']), modelName: values['model-name'],
    map: (values.map ?? '').split(',').filter((pair) => pair !== '').map(pairOf),
    budget: 1 / perAlarm, window: Math.round(positive('--window', values.window ?? String(DEFAULT_WINDOW))), level: fraction('--level', values.level ?? String(DEFAULT_LEVEL)),
    seed: Math.round(positive('--seed', values.seed ?? '0', true)), failOn: oneOf('--fail-on', values['fail-on'] ?? 'high', SEVERITIES.slice(1)),
    intervalMs: 1000 * positive('--interval', values.interval ?? '2'), once: values.once === true, state: values.state, standstillSeconds: Math.round(positive('--standstill', values.standstill ?? String(LOG_LIMITS.standstillSeconds))), class: values.class,
    predictions: Math.round(positive('--predictions', values.predictions ?? '100000')), trigger: values.trigger,
    attack: values.attack === undefined ? undefined : oneOf('--attack', values.attack, ATTACKS), dose: fraction('--dose', values.dose ?? '0.01'), runs: Math.round(positive('--runs', values.runs ?? '20')),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: text, baseline: text, json: text, quarantine: text, alerts: text, report: text, model: text, 'model-sha256': text, 'model-name': text, map: text, budget: text, window: text, level: text,
        seed: text, 'fail-on': text, interval: text, state: text, standstill: text, once: { type: 'boolean' }, class: text, predictions: text, trigger: text, attack: text, dose: text, runs: text,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function pairOf(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at <= 0) throw new UsageError(`--map: expected role=column,role=column; found ${pair}`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function positive(option: string, value: string, zero = false): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0 || (!zero && number === 0)) throw new UsageError(`${option}: expected a number above 0; found ${value}`);
  return number;
}

function fraction(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < 1)) throw new UsageError(`${option}: expected a number between 0 and 1; found ${value}`);
  return number;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option}: expected ${allowed.join(', ')}; found ${value}`);
  return found;
}

function hash(value: string | undefined): string | undefined {
  if (value !== undefined && !/^[0-9a-f]{64}$/.test(value)) throw new UsageError(`--model-sha256: expected 64 hexadecimal digits; found ${value}`);
  return value;
}
