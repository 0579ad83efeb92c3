// The HTML report shows what it speaks of, and nothing in it is anybody else's markup.
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../core/base64.ts';
import type { Evidence, Finding, PictureData, PicturesEvidence } from '../core/finding.ts';
import { pngOf } from './png.ts';
import { REPORT_SCHEMA, type Report } from './report.ts';
import { toHtml } from './to-html.ts';

const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

const picture = (channels: 1 | 3, begin: number): PictureData => ({ width: 3, height: 2, channels, data: toBase64(Uint8Array.from({ length: 6 * channels }, (_, at) => (begin + 13 * at) % 256)) });

const pictures = (label: string): PicturesEvidence => ({
  kind: 'pictures', title: 'Pictures', target: 7, targetLabel: label,
  stamp: { family: 'patch', picture: picture(3, 1), pattern: picture(3, 1), mask: picture(1, 2) },
  rows: [
    { made: true, before: picture(3, 3), after: picture(3, 4), beforeTop: { class: 1, label, p: 0.75 }, afterTop: { class: 7, label, p: 0.984 }, targetBefore: 0.01, targetAfter: 0.984 },
    { made: false, before: picture(1, 5), after: { ...picture(1, 6), width: 4 }, beforeTop: { class: 1, label, p: 0.5 }, afterTop: { class: 1, label, p: 0.4 } },
  ],
});

function htmlOf(...evidence: readonly Evidence[]): string {
  return toHtml(reportOf(evidence));
}

function reportOf(evidence: readonly Evidence[]): Report {
  const finding: Finding = { id: 'f', rule: 'R', title: 't', severity: 'high', confidence: 0.9, location: {}, signals: [], evidence, limits: '', remedy: '' };
  return {
    schema: REPORT_SCHEMA, tool: { name: 'assay', version: '0' }, environment: { backend: 'cpu', threads: 1, adapter: '' },
    subject: { name: 'm', task: 'image-classification', architecture: 'cnn', parameters: 1, files: [] }, options: { budget: 'quick', seed: 0 }, verdict: 'suspicious', score: 0.9, findings: [finding],
    coverage: [{ analysis: 'image-trigger', status: 'ran', limits: '', seconds: 1 }],
  };
}

const urisOf = (html: string): string[] => [...html.matchAll(/<img src="data:image\/png;base64,([A-Za-z0-9+/=]+)"/g)].map((match) => match[1] ?? '');

it('holds the pictures themselves, pixel for pixel, in grey and in colour', () => {
  const html = htmlOf(pictures('seven'));
  const drawn = urisOf(html).map((data) => decode(fromBase64(data)));
  expect(drawn.map(({ channels, data }) => [channels, toBase64(Uint8Array.from(data))])).toEqual([picture(3, 1), picture(1, 2), picture(3, 3), picture(3, 4), picture(1, 5)].map(({ channels, data }) => [channels, data]));
  expect(drawn.every(({ width, height, depth }) => width === 3 && height === 2 && depth === 8)).toBe(true);
  // Where the data does not fit its size nothing is made up.
  expect(html).toContain('a picture whose data does not fit its size');
});

it('says beside each what the model says of it, also for who sees no pictures', () => {
  const html = htmlOf(pictures('seven'));
  expect(html).toContain('alt="picture 1 (brought by Assay) before: seven 0.75"');
  expect(html).toContain('after: seven 0.98 ◆<br>seven: 0.01 → 0.98</figcaption>');
  expect(html).toContain('A patch, towards seven; 2 pictures before and after it, 1 brought by Assay and none of yours.');
});

it('allows pictures that stand in it, and nothing from elsewhere', () => {
  const html = htmlOf(pictures('seven'));
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  expect(html).not.toMatch(/(?:src|href)="(?!data:image\/png;base64,)|url\(|<script/);
});

it('lets no name become markup', () => {
  const evidence: Evidence[] = [
    pictures(HOSTILE),
    { kind: 'classes', title: HOSTILE, unit: HOSTILE, rows: [{ label: HOSTILE, value: 2, nullValues: [1], flagged: true }] },
    { kind: 'class-sizes', title: HOSTILE, unit: HOSTILE, suspect: 0, null: [1, 2, 3], rows: [{ class: 0, label: HOSTILE, value: 0.5, success: 1 }] },
    { kind: 'table', title: HOSTILE, columns: [HOSTILE], rows: [[HOSTILE]] },
  ];
  const html = htmlOf(...evidence);
  expect(html).not.toMatch(/<img src=x|<script/);
  expect([...html.matchAll(/ onerror=/g)].length).toBe([...html.matchAll(/&#62;&#60;img src=x onerror=/g)].length);
});

it('draws measurements as bars before their null, and traces as lines; what is no number is left out', () => {
  const html = htmlOf(
    { kind: 'class-sizes', title: 't', unit: 'pixels', suspect: 1, null: [2, 3, 4], rows: [{ class: 0, label: 'a', value: null, success: 0 }, { class: 1, label: 'b', value: 1, success: 1 }] },
    { kind: 'classes', title: 't', unit: 'nats', rows: [{ label: 'a', value: 4, nullValues: [], flagged: false }] },
    { kind: 'entropy', title: 't', unit: 'nats', triggered: [[0.1, null as unknown as number, 0.2]], untriggered: [[2, 1]] },
  );
  expect(html).toContain('<rect class="band" x="90" y="0" width="90" height="14"/></svg></td><td>0 %');
  expect(html).toContain('<rect class="band" x="90" y="0" width="90" height="14"/><rect class="marked" x="0" y="3" width="45" height="8"/></svg>');
  expect(html).toContain('<rect class="plain" x="0" y="3" width="180" height="8"/>');
  expect(html).toContain('<polyline class="marked" points="0,112.2 520,106.4"/>');
  expect(html).not.toMatch(/NaN|Infinity/);
});

it('leaves out what is not known of the model', () => {
  const report = reportOf([]);
  const subject = { ...report.subject, architecture: 'unknown', parameters: 0 };
  expect(toHtml({ ...report, subject })).toContain('<p>image-classification</p>');
  expect(toHtml(report)).toContain('<p>image-classification · cnn · 1 parameters</p>');
});

it('says which clean inputs were given', () => {
  const report = reportOf([]);
  const withInputs = (inputs: Report['options']['inputs'] & object): string => toHtml({ ...report, options: { ...report.options, inputs } });
  const file = { path: 'a', bytes: 1, sha256: 'ab'.repeat(32), used: 4 };
  expect(withInputs({ path: HOSTILE, used: 4, files: [file] })).toMatch(/seed 0 · 4 clean inputs from &#34;&#62;&#60;img .* \(SHA-256 abababababab…\) · cpu/);
  expect(withInputs({ path: 'texts', used: 8, files: [file, file], filesNotUsed: 3 })).toContain('8 clean inputs from texts (2 files, 3 not used)');
  expect(toHtml(report)).not.toContain('clean input');
});

it('makes no file of sizes that are none', () => {
  for (const wrong of [{ width: 0 }, { height: 1.5 }, { channels: 2 }, { data: '' }]) expect(pngOf({ ...picture(1, 0), ...wrong })).toBeUndefined();
});
