import { expect, it } from 'vitest';
import type { TensorDigest } from '../../artifact/digests/digests.ts';
import type { TensorStatistics } from '../../artifact/digests/statistics.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { judge } from '../../audit/verdict.ts';
import { headingWords } from '../../report/verdict-words.ts';
import { findingsOf } from '../testing/findings-of.ts';
import { weightsNumbers } from './index.ts';

const counted: TensorStatistics = { rows: 100, nan: 0, infinite: 0, zeroRows: 0, repeatedRows: 0, outliers: [] };
const tensor = (name: string, statistics: Partial<TensorStatistics>): TensorDigest => ({ name, dtype: 'F32', shape: [100, 4], file: 'model.safetensors', bytes: 1600, sha256: 'ab', statistics: { ...counted, ...statistics } });

it('tells of numbers that stand out as a note, and of NaN as what bars a verdict', async () => {
  const tensors = [tensor('quiet', {}), tensor('padded', { zeroRows: 1 }), tensor('broken', { nan: 3 }), tensor('loud', { outliers: [{ row: 17, deviations: 40 }] })];
  const found = await findingsOf(weightsNumbers, [bytesOf('model.safetensors', new Uint8Array(8))], { digests: { files: new Map(), tensors, tensorsLeftOut: 0, buried: [], lowBits: { hits: [], looked: 0, left: 0 } } });
  expect(found).toMatchObject([
    { rule: 'ASY-PRV-033', severity: 'low', title: '1 tensor has NaN among its numbers: broken' },
    { rule: 'ASY-PRV-032', severity: 'info', title: '1 tensor has numbers that stand out: loud' },
  ]);
  const ran = [{ analysis: 'trigger-scan', status: 'ran', limits: '', seconds: 1 }] as const;
  expect(judge(found, ran, new Set()).verdict).toBe('not-tested');
  expect(judge(found.filter(({ rule }) => rule !== 'ASY-PRV-033'), ran, new Set()).verdict).toBe('no-evidence');
  expect(headingWords('files', 'not-tested', found, [], 0)).toBe('Cannot be judged: NaN in the weights');
});

it('does not apply where nothing was counted', async () => {
  expect(await findingsOf(weightsNumbers, [bytesOf('x', new Uint8Array(8))])).toEqual([]);
});
