import { zlibSync } from 'fflate';
import { expect, it } from 'vitest';
import { toBase64 } from '../../../core/base64.ts';
import { entropyOf } from './distributions.ts';
import { KEPT, LEVEL, NaturalAnswers, rowKey } from './natural-answers.ts';
import { naturalAnswersOf } from './natural-bases.ts';
import type { Frame } from '../../../artifact/frame.ts';

const SIZE = 20;
const ROW = [7, 300, 70_000];
/** Of one row the base says token 3 with some 3/4 and token 5 with some 1/8; over all rows token 3 begins half of the answers, 5 and 6 a tenth each. */
const [MOSTLY, SELDOM] = [5, 33];
const [mostly, seldom] = [Math.exp(-LEVEL * MOSTLY), Math.exp(-LEVEL * SELDOM)];
const rest = 1 - mostly - seldom;
const column = (first: number, second: number, others: (k: number) => number): number[] => [first, second, ...Array.from({ length: KEPT - 2 }, (_, k) => others(k))];
/** The others are as good as impossible. */
const kept = Uint16Array.from(column(3, 5, (k) => 10 + k));
const body = new Uint8Array([...new Uint8Array(Uint32Array.of(rowKey(ROW)).buffer), ...new Uint8Array(kept.buffer), ...column(MOSTLY, SELDOM, () => 255)]);
const natural = new NaturalAnswers({ name: 'a base', vocabularySize: SIZE, reference: 0, rows: 1, tokens: [3, 5, 6], shares: [0.5, 0.1, 0.1], data: toBase64(zlibSync(body)) });

const says = (chances: Readonly<Record<number, number>>): Float32Array => Float32Array.from({ length: SIZE }, (_, id) => chances[id] ?? 0);
const apart = (chances: Readonly<Record<number, number>>, row = ROW): number | undefined => natural.apart(row, says(chances), entropyOf(says(chances)));

it('tells how far an answer lies from the base’s', () => {
  expect(apart({ 5: 1 })).toBeCloseTo(-Math.log(seldom), 5);
  // The rest of the row is shared as over all rows: seventeen tokens share .3 of them there, six of which are among those kept.
  const left = 0.4 - (6 / 17) * 0.3;
  expect(apart({ 6: 1 })).toBeCloseTo(-Math.log((rest * 0.1) / left), 4);
  expect(apart({ 9: 1 })).toBeCloseTo(-Math.log((rest * 0.3) / 17 / left), 4);
  expect(apart({ 3: mostly, 5: seldom, 6: rest })).toBeCloseTo(rest * Math.log(left / 0.1), 4);
});

it('knows nothing of other rows', () => {
  expect(apart({ 3: 1 }, [7, 300, 70_001])).toBeUndefined();
});

it('loads a base for its own template and tokenizer alone', async () => {
  const frame = { rowIds: () => [1, 2, 3] } as unknown as Frame;
  expect(await naturalAnswersOf(frame, 49_152)).toBeUndefined();
});
