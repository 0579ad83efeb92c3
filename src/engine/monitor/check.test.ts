// The monitor end to end on simulated logs: what is planted is named, what is clean stays quiet.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bytesOf } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { checkLog, DEFAULT_BUDGET, DEFAULT_LEVEL, DEFAULT_WINDOW, type CheckOptions } from './check.ts';
import { openLog } from './log/open-log.ts';
import { buildProfile } from './profile/build-profile.ts';
import { parseProfile, type Profile } from './profile/profile.ts';
import { redTeam } from './red-team.ts';
import { searchLog } from './search-log.ts';
import { csvLog } from './testing/streams.ts';

vi.setConfig({ testTimeout: 600_000 });

const tool = { name: 'assay', version: 'test' };
const options: CheckOptions = { budget: DEFAULT_BUDGET, window: DEFAULT_WINDOW, level: DEFAULT_LEVEL, seed: 0, tool, signal: NEVER, clock: { now: () => 0 } };
let profile: Profile;

beforeAll(async () => {
  const log = await openLog('baseline.csv', [csvLog({ rows: 30_000, seed: 1 })]);
  const built = await buildProfile(log, log.guess.mapping, { tool, signal: NEVER, model: { sha256: 'a'.repeat(64) } });
  profile = parseProfile(JSON.stringify(built.profile), 'baseline.json');
}, 600_000);

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

describe('what a log lacks is never called clean', () => {
  const without = async (column: string, to: string): Promise<Awaited<ReturnType<typeof openLog>>> => {
    const source = csvLog({ rows: 1000, seed: 2 });
    const text = new TextDecoder().decode(await source.slice(0, source.size));
    return openLog('other.csv', [bytesOf('other.csv', new TextEncoder().encode(text.replace(column, to)))]);
  };
  test('the prediction’s own column: refused', async () => {
    await expect(checkLog(await without('label', 'predicted'), profile, options)).rejects.toThrow(/expected the column label.*predicted/);
  });
  test('another column: its monitors are skipped, and say which column they miss', async () => {
    const { report } = await checkLog(await without('latency_ms', 'took'), profile, options);
    expect(report.log).toMatchObject({ rows: 1000, malformed: { count: 0 } });
    expect(report.monitors.filter(({ reason }) => reason === 'this log lacks the column latency_ms').map(({ analysis, status }) => [analysis, status])).toEqual([['latency', 'skipped'], ['latency-groups', 'skipped']]);
  });
  test('a column with nothing in it: skipped as well; rows that cannot be read: an alert, and not tested where none can', async () => {
    const rows = (cells: (i: number) => string): ReturnType<typeof openLog> => openLog('x.csv', [bytesOf('x.csv', new TextEncoder().encode(`time,label,confidence,latency_ms,client,prompt,f0,f1,f2,f3,f4,f5,f6,f7\n${Array.from({ length: 600 }, (_, i) => cells(i)).join('\n')}\n`))]);
    const good = 'neutral,0.9,,c,p,0,3,0,1,0,0,0,-1';
    const empty = await checkLog(await rows((i) => `${1_794_000_000 + i},${i % 3 === 0 ? good.replace('0.9', 'x9') : good}`), profile, { ...options, mapping: profile.mapping });
    expect(empty.report.monitors.find(({ analysis }) => analysis === 'latency')).toMatchObject({ status: 'skipped', reason: 'no row of this log has a value there' });
    expect(empty.report.alerts.find(({ monitor }) => monitor === 'unreadable-rows')).toMatchObject({ severity: 'high', effect: { now: 200 / 600 } });
    const none = await checkLog(await rows((i) => `${1_794_000_000 + i},${good.replace('0.9', '7')}`), profile, { ...options, mapping: profile.mapping });
    expect(none.report).toMatchObject({ state: 'not-tested', log: { rows: 0, malformed: { count: 600 } } });
  });
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
