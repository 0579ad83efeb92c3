// Reports of inspected files: SARIF against OASIS's schema (fixtures/, as the serde-sarif crate ships it), the allow-list,
// and that nothing uninspected reads as clean.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { openArtifact } from '../artifact/open.ts';
import { STATIC } from '../audit/registry.ts';
import { runAudit } from '../audit/run-audit.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { applyAllowList, matches, parseAllowList } from './allow-list.ts';
import type { Report } from './report.ts';
import { toHtml } from './to-html.ts';
import { toSarif } from './to-sarif.ts';

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const HOSTILE = bytesOf('a#b?\ud800.pkl', latin1('cposix\nsystem\n(Vid\ntR.'));
const UNKNOWN = bytesOf('blob.dat', latin1('\x01\x02\x03\xff\xfe\x00'));

async function inspect(...sources: ByteSource[]): Promise<Report> {
  const artifact = await openArtifact({ name: 'test', files: sources });
  const files = sources.map(({ path, size }) => ({ path, bytes: size, sha256: 'ab'.repeat(32), format: 'unknown' }));
  let time = 0;
  for await (const event of runAudit({ artifact, files, environment: { backend: 'cpu', threads: 1, adapter: 'none' }, runnable: undefined, options: { budget: 'quick', seed: 0, analyses: STATIC }, signal: NEVER, clock: { now: () => time++ } })) if (event.type === 'report') return event.report;
  throw new Error('no report');
}

describe('a report of inspected files', () => {
  it('says as a page what was done, and calls nothing untested that nobody asked for', async () => {
    const html = toHtml(await inspect(bytesOf('note.txt', latin1('plain words\n'))));
    expect(html).toContain('<p class="verdict not-tested">Files checked</p>');
    expect(html).toContain('Only the files were read: ');
    expect(html).toContain('<td>left for an audit</td>');
    expect(html).not.toMatch(/Not tested|budget/);
    const found = toHtml(await inspect(HOSTILE));
    expect(found).toContain('Code runs when this file is opened');
    expect(found).toMatch(/and found \d+ suspicions?\. The model was not run/);
  });

  it('is valid SARIF 2.1.0, whatever the files are called', async () => {
    const schema = JSON.parse(await readFile(join(import.meta.dirname, 'fixtures/sarif-schema-2.1.0.json'), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const report = await inspect(HOSTILE, UNKNOWN);
    const valid = ajv.compile(schema);
    valid(JSON.parse(JSON.stringify(toSarif(report, report))));
    expect(valid.errors ?? []).toEqual([]);
  });

  it('accounts for every byte of every file', async () => {
    const { subject } = await inspect(HOSTILE, UNKNOWN);
    for (const { bytes, inspection } of subject.files) {
      expect((inspection?.parsed ?? 0) + (inspection?.skipped ?? 0) + (inspection?.opaque ?? 0)).toBe(bytes);
      expect(inspection?.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(bytes);
    }
  });

  it('says what was not looked into, and never that it is clean', async () => {
    const report = await inspect(UNKNOWN);
    expect(report.verdict).toBe('not-tested');
    expect(report.subject.files[0]?.inspection?.status).toBe('not-inspected');
    expect(report.findings.map(({ rule, severity }) => [rule, severity])).toContainEqual(['ASY-FIL-002', 'info']);
    expect(toHtml(report)).toContain('not inspected');
  });
});

describe('an audit of files that were checked before', () => {
  it('says again what the check said, and runs it no second time', async () => {
    const before = await inspect(HOSTILE);
    const kept = before.coverage.filter(({ status }) => status === 'ran').map((entry) => ({ ...entry, seconds: 77 }));
    const artifact = await openArtifact({ name: 'test', files: [HOSTILE] });
    const context = { artifact, files: before.subject.files, known: { findings: before.findings, coverage: kept }, environment: { backend: 'cpu', threads: 1, adapter: 'none' }, runnable: undefined, options: { budget: 'quick', seed: 0, analyses: STATIC }, signal: NEVER, clock: { now: () => 0 } } as const;
    let again: Report | undefined;
    for await (const event of runAudit(context)) if (event.type === 'report') again = event.report;
    expect(again?.findings).toEqual(before.findings);
    expect(again?.coverage.filter(({ seconds }) => seconds === 77)).toHaveLength(kept.length);
    expect(again?.verdict).toBe(before.verdict);
  });
});

describe('the allow-list', () => {
  const list = (entry: object): string => JSON.stringify({ schema: 'assay-allow/1', entries: [entry] });
  const entry = { rule: 'ASY-PKL-001', file: '*.pkl', reason: 'our own test file', expires: '2030-01-31' };

  it('suppresses for a reason until a day, and shows what it suppresses', async () => {
    const report = await inspect(HOSTILE);
    expect(report.verdict).toBe('backdoor');
    const { report: judged, expired } = applyAllowList(report, parseAllowList(list(entry), 'allow.json'), Date.parse('2030-01-31T12:00:00Z'), new Set(STATIC));
    expect(judged.findings).toHaveLength(report.findings.length);
    expect(judged.findings.find(({ rule }) => rule === 'ASY-PKL-001')?.suppressed?.reason).toBe('our own test file');
    expect([judged.verdict, expired.length]).toEqual(['not-tested', 0]);
    expect(JSON.stringify(toSarif(judged))).toContain('our own test file');
    // Without the entry, what it had accepted counts again.
    expect(applyAllowList(judged, [], 0, new Set(STATIC)).report.verdict).toBe('backdoor');
  });

  it('lets entries end', async () => {
    const { report, expired } = applyAllowList(await inspect(HOSTILE), parseAllowList(list(entry), 'allow.json'), Date.parse('2030-02-01T00:00:01Z'), new Set(STATIC));
    expect([report.verdict, expired.length]).toEqual(['backdoor', 1]);
  });

  it.each([[{ rule: 'X', expires: '2030-01-01' }, 'reason'], [{ rule: 'X', reason: 'r' }, 'expires'], [{ rule: 'X', reason: 'r', expires: 'soon' }, 'expires'], [{ rule: 'X', reason: 'r', expires: '2030-02-30' }, 'expires'], [{ rule: 'X', reason: 'r' }, 'found nothing']])('refuses an entry without reason or expiry', (bad, field) => {
    expect(() => parseAllowList(list(bad), 'allow.json')).toThrow(field);
  });

  it('matches paths by pieces', () => {
    expect([matches('a/*.pt', 'a/b/c.pt'), matches('*', ''), matches('a*b*c', 'abc'), matches('a*bc', 'abbc'), matches('ab*ba', 'aba'), matches('x', 'y')]).toEqual([true, true, true, true, false, false]);
  });
});
