// Every architecture and number format, in the built worker in a real browser, against transformers' reference values
// (zoo/fixtures/causal.py): logits within 1e-3, attention probabilities within 1e-4, greedy ids equal.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../scripts/prepare.mjs';
import type { TestedBackend } from './browser.ts';
import { openSite, type Site } from './site.ts';

const FIXTURES = join(ROOT, 'src/engine/graph/fixtures');

interface Fixture {
  readonly name: string;
  readonly files: readonly string[];
  readonly expect: string;
  readonly note: string;
}

interface Expected {
  readonly inputIds: readonly number[][];
  readonly logitsLast: readonly number[][];
  /** Of the first row: [layers][heads][query][key]. */
  readonly attentions: readonly number[][][][];
  readonly greedy: readonly number[][];
}

const fixtures = JSON.parse(await readFile(join(FIXTURES, 'fixtures.json'), 'utf8')) as readonly Fixture[];
const CASES = fixtures.flatMap(casesOf);

/** An exported decoder comes with the configuration and tokenizer of the model it was exported from; its two forms are two cases. */
function casesOf(fixture: Fixture): Fixture[] {
  if (!fixture.name.endsWith('-onnx')) return [fixture];
  const source = fixtures.find(({ name }) => name === fixture.name.replace(/-onnx$/, ''));
  const companions = source?.files.filter((path) => path.endsWith('.json')) ?? [];
  return fixture.files.map((path) => ({ ...fixture, name: path, files: [path, ...companions] }));
}

describe.each<TestedBackend>(['wasm', 'webgpu'])('numbers on %s', (backend) => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite({ folder: 'test-results/pages', backend });
    ({ page } = await site.open());
    await page.evaluate((choice) => window.engine.start(location.href, choice), backend);
  });
  afterAll(async () => site?.close());

  it.each(CASES.map((fixture) => [fixture.name, fixture] as const))('%s', async (name, fixture) => {
    const expected = JSON.parse(await readFile(join(FIXTURES, fixture.expect), 'utf8')) as Expected;
    const files = await Promise.all(
      fixture.files.map(async (path) => ({ path: path.split('/').at(-1) ?? path, base64: (await readFile(join(FIXTURES, path))).toString('base64') })),
    );
    const measured = await page.evaluate(
      async ({ drop, contents, rows, newTokens }) => {
        const dropped = contents.map(({ path, base64 }) => ({ path, file: new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], path) }));
        const { logits, greedy, attentions } = await window.engine.measure(drop, dropped, rows, newTokens);
        return { logits: logits.map((row) => [...row]), greedy, attentions: attentions.map((layer) => [...layer]) };
      },
      { drop: name, contents: files, rows: expected.inputIds.map((row) => [...row]), newTokens: expected.greedy[0]?.length ?? 0 },
    );
    expect(worst(measured.logits.flat(), expected.logitsLast.flat()), 'logits').toBeLessThan(1e-3);
    expect(worst(measured.attentions.flat(), expected.attentions.flat(3)), 'attention').toBeLessThan(1e-4);
    expect(measured.greedy, 'greedy ids').toEqual(expected.greedy);
  });
});

/** Largest absolute difference; infinite where the shapes differ. */
function worst(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return actual.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? Number.NaN))), 0);
}
