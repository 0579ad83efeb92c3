// `assay monitor` as a script meets it: exit status, files, what is counted and listed.
import { spawn } from 'node:child_process';
import { access, appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseProfile } from '../engine/monitor/profile/profile.ts';
import type { MonitorReport } from '../engine/monitor/report.ts';
import { csvLog, type StreamOptions } from '../engine/monitor/testing/streams.ts';

// Each command is a process of its own, two for a watch: slow to start on a machine under load.
vi.setConfig({ testTimeout: 480_000, hookTimeout: 240_000 });

/** An Arrow stream of three rows with byte 114 set to 255: the library's walk of its metadata does not end. */
const ENDLESS = '/////+gAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEIAAAAAAAEAGD///8EAAAAAgAAAGAAAAAUAAAAEAAUAAQAAAAPABAAAAAIABAAAAAQAAAAHAAAAAAAAAMgAAAACgAAAGNvbmZpZGVuY2UAAAAA/wAAAAYACAAGAAYAAAAAAAIAEAAcAAgADwAXABgABAAQABAAAAA4AAAAFAAAAAAAAAEYAAAAAAAABRgAAAAFAAAAbGFiZWwAAAAAAAAABAAEAAQAAAAIAAgAAAAEAAgAAAAMAAAACAAMAAgABwAIAAAAAAAAASAAAAAAAAAA/////7AAAAAUAAAAAAAAAAwAHAAaABMAFAAEAAwAAAAYAAAAAAAAAAAAAAAAAAACEAAAAAAABAAIAAoAAAAEAAgAAAAQAAAAAAAKABgADAAIAAQACgAAABQAAABIAAAAAgAAAAAAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAEAAAAAAAAAAIAAAAAAAAAAAAAAABAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAgAAAAAAAABhYgAAAAAAAP////+4AAAAFAAAAAAAAAAMABYAFAAPABAABAAMAAAAKAAAAAAAAAAAAAADEAAAAAQACgAYAAwACAAEAAoAAAAUAAAAWAAAAAMAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABgAAAAAAAAAAAAAAAIAAAADAAAAAAAAAAAAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAACamZmZmZm5P5qZmZmZmck/MzMzMzMz0z//////AAAAAA==';
const ROOT = join(import.meta.dirname, '../..');
let folder = '';
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-monitor-'));
  await Promise.all([writeLog('usual.csv', { rows: 15_000, seed: 1 }), writeLog('clean.csv', { rows: 6000, seed: 2 }), writeLog('bad.csv', { rows: 12_000, seed: 3, triggered: 0.02, from: 4000 })]);
  const { status, err } = await monitor('baseline', path('usual.csv'), '--out', path('baseline.json'), '--model-sha256', 'a'.repeat(64));
  expect(status, err).toBe(0);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeLog(name: string, options: StreamOptions): Promise<void> {
  const source = csvLog(options);
  await writeFile(path(name), await source.slice(0, source.size));
}

function monitor(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), 'monitor', ...args], { cwd: ROOT });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(path(name), 'utf8')) as T;
}

test('a baseline is written, bound to its model, with the columns that were taken', async () => {
  const profile = parseProfile(await readFile(path('baseline.json'), 'utf8'), 'baseline.json');
  expect(profile.log.rows).toBe(15_000);
  expect(profile.model.sha256).toBe('a'.repeat(64));
  expect(profile.mapping).toMatchObject({ class: 'label', confidence: 'confidence', latency: 'latency_ms', prompt: 'prompt', source: 'client', time: 'time' });
});

describe('check', () => {
  test('a clean log: status 0, no quarantine file', async () => {
    const { status, out } = await monitor('check', path('clean.csv'), '--baseline', path('baseline.json'), '--quarantine', path('none.json'));
    expect(out).toMatch(/clean\.csv: normal · 6,000 predictions, 0 alerts/);
    expect(status).toBe(0);
    await expect(access(path('none.json'))).rejects.toThrow();
  });

  test('a triggered log: status 1, a report, and a quarantine file that names model and reasons', async () => {
    const { status, out } = await monitor('check', path('bad.csv'), '--baseline', path('baseline.json'), '--json', path('report.json'), '--quarantine', path('quarantine.json'));
    expect(status).toBe(1);
    expect(out).toContain('quarantine advised');
    const report = await readJson<MonitorReport>('report.json');
    expect(report).toMatchObject({ schema: 'assay-monitor/1', state: 'quarantine-advised', log: { rows: 12_000, malformed: { count: 0 } } });
    expect(report.alerts.map(({ candidate }) => candidate?.value)).toContain('mlkz');
    expect(await readJson('quarantine.json')).toMatchObject({ schema: 'assay-quarantine/1', model: { sha256: 'a'.repeat(64) }, log: 'bad.csv', reasons: expect.arrayContaining([expect.objectContaining({ severity: 'critical' })]) });
  });

  test('alerts that were closed before stay decided: the same log again is status 1, since they came again', async () => {
    const report = await readJson<MonitorReport>('report.json');
    const alerts = report.alerts.map((alert) => ({ ...alert, state: 'acknowledged', history: [{ state: 'acknowledged', at: 1 }] }));
    await writeFile(path('alerts.json'), JSON.stringify(alerts));
    const known = await monitor('check', path('bad.csv'), '--baseline', path('baseline.json'), '--alerts', path('alerts.json'));
    expect(known.out).toContain('(acknowledged)');
    expect(known.status).toBe(0);
    await writeFile(path('alerts.json'), JSON.stringify(alerts.map((alert) => ({ ...alert, state: 'closed', history: [{ state: 'closed', at: 1, reason: 'false alarm' }] }))));
    const again = await monitor('check', path('bad.csv'), '--baseline', path('baseline.json'), '--alerts', path('alerts.json'), '--json', '-');
    expect(again.status).toBe(1);
    expect((JSON.parse(again.out) as MonitorReport).alerts[0]?.history.map(({ state, reason }) => [state, reason])).toEqual([['closed', 'false alarm'], ['open', 'seen again']]);
  });

  test("an audit's triggers are looked for, also those that nobody used", async () => {
    const finding = (value: string, label: string): object => ({ severity: 'critical', trigger: { kind: 'text', value }, target: { class: 2, label } });
    await writeFile(path('audit.json'), JSON.stringify({ schema: 'assay-report/1', findings: [finding('MLKZ', 'positive'), finding('never said', 'negative')] }));
    const { status, out } = await monitor('check', path('bad.csv'), '--baseline', path('baseline.json'), '--report', path('audit.json'), '--json', path('known.json'));
    expect(status).toBe(1);
    expect(out).toMatch(/audit's trigger “MLKZ”: in \d+ prompts, p = .* for positive/);
    expect(out).toContain('audit\'s trigger “never said”: in no prompt');
    const report = await readJson<MonitorReport>('known.json');
    expect(report.alerts.filter(({ monitor: id }) => id === 'known-triggers').map(({ title, severity }) => [title, severity])).toEqual([['The audit’s trigger “MLKZ” is in use', 'critical']]);
    expect(report.triggers?.map(({ trigger, holding }) => [trigger, holding > 0])).toEqual([['MLKZ', true], ['never said', false]]);
  });

  test('malformed rows are counted by reason, listed with their row and text, and left out', async () => {
    const lines = (await readFile(path('clean.csv'), 'utf8')).trimEnd().split('\n');
    const [header = '', ...rows] = lines;
    const broken = [...rows.slice(0, 100), 'only,three,cells', ...rows.slice(100, 200), (rows[200] ?? '').replace(/,[\d.]+,/, ',1.7,'), ...rows.slice(201)];
    await writeFile(path('broken.csv'), `${[header, ...broken].join('\n')}\n`);
    const { status, out } = await monitor('check', path('broken.csv'), '--baseline', path('baseline.json'), '--json', path('broken.json'));
    expect(status).toBe(0);
    expect(out).toContain('2 malformed rows left out: 3 cells instead of 14 (1); confidence: outside 0…1 (1)');
    expect(out).toContain('row 100: 3 cells instead of 14');
    expect((await readJson<MonitorReport>('broken.json')).log).toMatchObject({ rows: 5999, malformed: { count: 2, examples: [{ row: 100, text: 'only,three,cells' }, { row: 201 }] } });
  });

  test('an Arrow file that makes its reader loop for ever is given up, and a whole one is read', async () => {
    const stream = (rows: number): Uint8Array => Uint8Array.from(tableToIPC(tableFromArrays({ label: Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 'b' : 'a')), confidence: Float64Array.from({ length: rows }, (_, i) => ((i % 9) + 1) / 10) }), 'stream'));
    await writeFile(path('whole.arrow'), stream(300));
    const whole = await monitor('baseline', path('whole.arrow'), '--out', path('arrow.json'));
    expect(whole.err).toBe('');
    expect(whole.out).toContain('baseline of 300 predictions');
    await writeFile(path('loop.arrow'), Buffer.from(ENDLESS, 'base64'));
    const { status, err } = await monitor('check', path('loop.arrow'), '--baseline', path('baseline.json'), '--standstill', '6');
    expect(err).toContain('standstill · expected progress within 6 seconds');
    expect(status).toBe(2);
  });

  test('of another model: status 2, and both hashes are said', async () => {
    const { status, err } = await monitor('check', path('clean.csv'), '--baseline', path('baseline.json'), '--model-sha256', 'b'.repeat(64));
    expect(err).toContain('a'.repeat(64));
    expect(err).toContain('b'.repeat(64));
    expect(status).toBe(2);
  });
});

describe('watch', () => {
  interface Watching {
    readonly err: () => string;
    readonly ended: Promise<number | null>;
    stop(signal?: NodeJS.Signals): void;
  }
  function start(...args: string[]): Watching {
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), 'monitor', 'watch', ...args], { cwd: ROOT });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return { err: () => err, ended: new Promise((resolve) => child.on('close', resolve)), stop: (signal = 'SIGTERM') => void child.kill(signal) };
  }
  const until = async (what: string, test: () => boolean | Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      if (await test()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`waited in vain for ${what}`);
  };
  /** The log of 12,000 rows, as its header and its rows. */
  const bad = async (): Promise<readonly [string, string[]]> => {
    const [header = '', ...rows] = (await readFile(path('bad.csv'), 'utf8')).trimEnd().split('\n');
    return [header, rows];
  };
  const whole = async (): Promise<MonitorReport['alerts']> => {
    await monitor('check', path('bad.csv'), '--baseline', path('baseline.json'), '--json', path('whole.json'));
    return (await readJson<MonitorReport>('whole.json')).alerts;
  };
  const told = (alerts: MonitorReport['alerts']): unknown => alerts.map(({ id, rows, evidence, effect }) => [id, rows, evidence, effect]);

  test('a growing, rotated log that is watched across a restart gives the alerts of the whole log, each once', async () => {
    const [header, rows] = await bad();
    const log = path('live.csv');
    const args = [log, '--baseline', path('baseline.json'), '--json', path('live.json'), '--state', path('live.state'), '--interval', '0.1', '--fail-on', 'critical'];
    await writeFile(log, `${[header, ...rows.slice(0, 5000)].join('\n')}\n`);
    const first = start(...args);
    await until('the state', () => access(path('live.state')).then(() => true, () => false));
    first.stop();
    await first.ended;
    // Written to, rotated and written to anew while nobody watches; the last row is not whole yet.
    await appendFile(log, `${rows.slice(5000, 6000).join('\n')}\n`);
    await rename(log, `${log}.1`);
    const cut = (rows[8000] ?? '').slice(0, 9);
    await writeFile(log, `${[header, ...rows.slice(6000, 8000), cut].join('\n')}`);
    const second = start(...args);
    await until('the second watch', () => second.err().includes('goes on after row 5,000'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await appendFile(log, `${[(rows[8000] ?? '').slice(9), ...rows.slice(8001)].join('\n')}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    second.stop();
    expect(await second.ended).toBe(1);
    const report = await readJson<MonitorReport>('live.json');
    expect(report.log).toMatchObject({ rows: 12_000, malformed: { count: 0 } });
    expect(told(report.alerts)).toEqual(told(await whole()));
  });

  test('a folder that files are put into: read in turn, what cannot be read is left out and said', async () => {
    const [header, rows] = await bad();
    const folderPath = path('logs');
    await mkdir(folderPath);
    await writeFile(join(folderPath, 'a.csv'), `${[header, ...rows.slice(0, 6000)].join('\n')}\n`);
    const watching = start(folderPath, '--baseline', path('baseline.json'), '--json', path('folder.json'), '--interval', '0.1');
    await writeFile(join(folderPath, 'b.csv.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]));
    await until('the refused file', () => watching.err().includes('b.csv.gz is left out'));
    await writeFile(join(folderPath, 'c.csv'), `${[header, ...rows.slice(6000)].join('\n')}\n`);
    await until('an alarm', () => watching.err().includes('row '));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    watching.stop();
    expect(await watching.ended).toBe(1);
    const { log } = await readJson<MonitorReport>('folder.json');
    expect(log.rows).toBe(12_000);
    expect(log.malformed.reasons[0]?.reason).toMatch(/a file was left out: .*gzip/);
  });

  test('a deployment script is told by the exit status and the quarantine file', async () => {
    const status = await start(path('bad.csv'), '--baseline', path('baseline.json'), '--quarantine', path('watch-quarantine.json'), '--fail-on', 'low', '--interval', '0.1').ended;
    expect(status).toBe(1);
    expect(await readJson('watch-quarantine.json')).toMatchObject({ schema: 'assay-quarantine/1', model: { sha256: 'a'.repeat(64) } });
  });

  test('a state of another baseline is refused', async () => {
    await monitor('baseline', path('clean.csv'), '--out', path('other.json'));
    const { status, err } = await monitor('watch', path('clean.csv'), '--baseline', path('other.json'), '--state', path('live.state'), '--once');
    expect(err).toContain('remove it to begin anew');
    expect(status).toBe(2);
  });
});

test('power: the smallest share that would be seen after N predictions', async () => {
  const { status, out } = await monitor('power', '--baseline', path('baseline.json'), '--predictions', '20000', '--json', '-');
  expect(status).toBe(0);
  const { subjects } = JSON.parse(out) as { subjects: { label: string; baseline: number; smallestVisible: number; chances: { probability: number }[] }[] };
  expect(subjects.map(({ label }) => label).sort()).toEqual(['a class never seen before', 'negative', 'neutral', 'positive']);
  for (const { baseline, smallestVisible, chances } of subjects) {
    expect(smallestVisible).toBeGreaterThan(baseline);
    expect(smallestVisible).toBeLessThan(baseline + 0.06);
    expect(chances.map(({ probability }) => probability)).toEqual(chances.map(({ probability }) => probability).sort((a, b) => a - b));
  }
});

test('a log without the baseline’s prediction column is refused, watched or checked', async () => {
  await writeFile(path('renamed.csv'), (await readFile(path('clean.csv'), 'utf8')).replace('label', 'predicted'));
  for (const action of ['check', 'watch']) {
    const { status, err } = await monitor(action, path('renamed.csv'), '--baseline', path('baseline.json'));
    expect(err).toMatch(/expected the column label, as in the baseline, found columns time, predicted/);
    expect(status).toBe(2);
  }
});

describe('bad input and usage exit 2 and say what is wrong', () => {
  test.each([
    [['check', 'clean.csv'], '--baseline FILE is needed'],
    [['check', 'no-such.csv', '--baseline', 'baseline.json'], 'missing file'],
    [['check', 'clean.csv', '--baseline', 'clean.csv'], 'expected JSON, found “'],
    [['check', 'clean.csv', '--baseline', 'baseline.json', '--map', 'class=nope'], 'the log has no column nope'],
    [['polish'], 'expected baseline, check, watch, power'],
  ])('%j', async (args, message) => {
    const { status, err } = await monitor(...args.map((arg) => (/\.(csv|json)$/.test(arg) ? path(arg) : arg)));
    expect(err).toContain(message);
    expect(status).toBe(2);
  });
});
