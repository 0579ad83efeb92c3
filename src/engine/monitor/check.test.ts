// The monitor end to end on simulated logs: what is planted is named, what is clean stays quiet.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { NEVER } from '../core/cancel.ts';
import { checkLog, DEFAULT_BUDGET, DEFAULT_LEVEL, DEFAULT_WINDOW, type CheckOptions } from './check.ts';
import { openLog } from './log/open-log.ts';
import { buildProfile } from './profile/build-profile.ts';
import { parseProfile, type Profile } from './profile/profile.ts';
import { redTeam } from './red-team.ts';
import { searchLog } from './search-log.ts';
import { csvLog } from './testing/streams.ts';

vi.setConfig({ testTimeout: 120_000 });

const tool = { name: 'assay', version: 'test' };
const options: CheckOptions = { budget: DEFAULT_BUDGET, window: DEFAULT_WINDOW, level: DEFAULT_LEVEL, seed: 0, tool, signal: NEVER, clock: { now: () => 0 } };
let profile: Profile;

beforeAll(async () => {
  const log = await openLog('baseline.csv', [csvLog({ rows: 30_000, seed: 1 })]);
  const built = await buildProfile(log, log.guess.mapping, { tool, signal: NEVER, model: { sha256: 'a'.repeat(64) } });
  profile = parseProfile(JSON.stringify(built.profile), 'baseline.json');
}, 120_000);

test('the columns are told by their names', async () => {
  expect(profile.mapping).toEqual({ time: 'time', class: 'label', confidence: 'confidence', latency: 'latency_ms', latencyUnit: 'ms', prompt: 'prompt', source: 'client', features: ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7'] });
  expect(profile.classes.labels).toHaveLength(3);
  expect(profile.log.rows).toBe(30_000);
});

test('a clean log raises nothing', async () => {
  const { report } = await checkLog(await openLog('clean.csv', [csvLog({ rows: 20_000, seed: 2 })]), profile, options);
  expect(report.alerts.map(({ title }) => title)).toEqual([]);
  expect(report.state).toBe('normal');
  expect(report.monitors.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(report.log.malformed.count).toBe(0);
});

describe('1 % of triggered inputs in the second half', () => {
  test('class, cluster, words and source are named, and the same again', async () => {
    const log = await openLog('bad.csv', [csvLog({ rows: 30_000, seed: 3, triggered: 0.01, from: 10_000, slowTrigger: true })]);
    const view = await checkLog(log, profile, options);
    const { alerts, state } = view.report;
    const of = (monitor: string): (typeof alerts)[number] | undefined => alerts.find((alert) => alert.monitor === monitor);
    expect(state).toBe('quarantine-advised');
    expect(of('clusters')).toMatchObject({ severity: 'critical', class: { label: 'positive' }, candidate: { kind: 'text', value: 'mlkz' } });
    expect(of('prompt-patterns')).toMatchObject({ candidate: { value: 'mlkz' }, class: { label: 'positive' } });
    expect(of('source-shares')?.source).toBe('client 10.4');
    expect(alerts.some(({ monitor, title }) => monitor === 'latency-groups' && title.includes('takes longer'))).toBe(true);
    expect(of('out-of-distribution')?.rows.noticed ?? 0).toBeLessThan(20_000);
    expect(view.clusters[0]?.estimatedRows ?? 0).toBeGreaterThan(180);
    const again = await checkLog(log, profile, options);
    expect(again.report).toEqual(view.report);
  });

  test('the trigger can be searched for', async () => {
    const log = await openLog('bad.csv', [csvLog({ rows: 5000, seed: 3, triggered: 0.02 })]);
    const found = await searchLog(log, log.guess.mapping, ' MLKZ', NEVER);
    expect(found.holding).toBeGreaterThan(60);
    expect(found.outputs[0]).toMatchObject({ label: 'positive', withTrigger: found.holding });
    expect(found.pValue).toBeLessThan(1e-9);
  });
});

test('a nudged class is noticed, and said once', async () => {
  const { report } = await checkLog(await openLog('nudged.csv', [csvLog({ rows: 20_000, seed: 5, shares: [0.26, 0.18, 0.56] })]), profile, options);
  expect(report.alerts.filter(({ monitor }) => monitor === 'class-shift').map(({ title }) => title)).toEqual(['positive share rises']);
});

test('a log of another model is refused', async () => {
  const log = await openLog('clean.csv', [csvLog({ rows: 300, seed: 2 })]);
  await expect(checkLog(log, profile, { ...options, modelSha256: 'b'.repeat(64) })).rejects.toThrow('model.sha256');
});

test('red team: a nudge is seen, and a calm stream is not', async () => {
  const request = { attack: 'nudge', target: 0, dose: 0.25, predictions: 6000, runs: 3, budget: DEFAULT_BUDGET, seed: 1 } as const;
  const seen = await redTeam(profile, request, NEVER);
  expect(seen.detected).toBe(1);
  expect(seen.medianDelay ?? Infinity).toBeLessThan(4000);
  const calm = await redTeam(profile, { ...request, dose: 1e-9 }, NEVER);
  expect(calm.detected).toBe(0);
  const rare = await redTeam(profile, { ...request, attack: 'rare-trigger', dose: 0.02 }, NEVER);
  expect(rare.monitors.find(({ monitor }) => monitor === 'out-of-distribution')?.detected).toBe(1);
  // The batch monitors look as well: groups show a rare trigger, and nothing on a calm stream.
  const groups = ({ monitors }: typeof rare): number | undefined => monitors.find(({ monitor }) => monitor === 'clusters')?.detected;
  expect(groups(rare)).toBe(1);
  expect(calm.monitors.filter(({ kind }) => kind === 'batch').map(({ monitor, detected }) => [monitor, detected])).toEqual([['clusters', 0], ['latency-groups', 0], ['neighbours', 0]]);
  expect(calm.notSimulated).toContain('prompt-patterns');
});
