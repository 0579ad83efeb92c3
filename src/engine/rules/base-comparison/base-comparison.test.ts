import { describe, expect, it } from 'vitest';
import type { TensorInfo } from '../../artifact/artifact.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import type { Digests } from '../../artifact/digests/digests.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { findingsOf, textFile } from '../testing/findings-of.ts';
import { compareTensors, firstDirectionShare } from './compare.ts';
import { baseComparison } from './index.ts';

function tensor(name: string, shape: readonly number[], values: Float32Array): TensorInfo {
  const bytes = new Uint8Array(values.buffer.slice(0)) as Uint8Array<ArrayBuffer>;
  return { name, dtype: 'F32', shape, source: bytesOf('model.safetensors', bytes), begin: 0, end: bytes.byteLength };
}

const noise = (label: string, count: number): Float32Array => {
  const random = seeded(5, label);
  return Float32Array.from({ length: count }, () => random.next() - 0.5);
};
const model = (...tensors: TensorInfo[]): Map<string, TensorInfo> => new Map(tensors.map((item) => [item.name, item]));

describe('two models, tensor by tensor', () => {
  it('tells same, changed, added, removed and reshaped', async () => {
    const a = noise('a', 64);
    const base = model(tensor('same', [8, 8], a), tensor('changed', [8, 8], a), tensor('gone', [4], noise('g', 4)), tensor('other', [2, 4], noise('o', 8)));
    const subject = model(tensor('same', [8, 8], a), tensor('changed', [8, 8], a.map((value, i) => (i === 3 ? value + 1 : value))), tensor('new', [4], noise('n', 4)), tensor('other', [8], noise('o', 8)));
    const { added, removed, reshaped, changed, same } = await compareTensors(subject, base, NEVER);
    expect({ added, removed, reshaped, same }).toEqual({ added: ['new'], removed: ['gone'], reshaped: [{ name: 'other', from: '2 x 4', to: '8' }], same: 1 });
    expect(changed).toMatchObject([{ name: 'changed', changed: 1 / 64 }]);
    const size = Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
    expect(changed[0]?.relative).toBeCloseTo(1 / size, 5);
    expect(changed[0]?.rowFocus).toBeCloseTo(8, 5);
  });

  it('knows a rank-one edit from noise', () => {
    const [rows, columns] = [40, 30];
    const [u, v] = [noise('u', rows), noise('v', columns)];
    const thin = Float32Array.from({ length: rows * columns }, (_, i) => (u[Math.floor(i / columns)] ?? 0) * (v[i % columns] ?? 0));
    const full = noise('full', rows * columns);
    const energy = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
    expect(firstDirectionShare(thin, rows, columns, energy(thin))).toBeGreaterThan(0.999);
    expect(firstDirectionShare(full, rows, columns, energy(full))).toBeLessThan(0.2);
  });
});

describe('two tokenizers', () => {
  const words = Array.from({ length: 400 }, (_, i) => `w${i}x`);
  const tokenizer = (vocab: readonly string[], more: object = {}) => textFile('tokenizer.json', JSON.stringify({ model: { type: 'BPE', vocab: Object.fromEntries(vocab.map((word, id) => [word, id])), merges: [] }, normalizer: null, ...more }));
  const judge = async (subject: ReturnType<typeof textFile>, base = tokenizer(words)): Promise<string[]> => {
    const findings = await findingsOf(baseComparison, [subject], { base: { name: 'base', inspection: await inspectFiles([base]), digests: { files: new Map(), tensors: [], statistics: [], buried: [] } as unknown as Digests } });
    return findings.map(({ rule, severity, title }) => `${severity} ${rule} ${title}`);
  };

  it('tells words that changed places, other steps, and what fine-tunes do', async () => {
    const swapped = [...words];
    [swapped[3], swapped[200]] = [words[200] ?? '', words[3] ?? ''];
    expect(await judge(tokenizer(words))).toEqual([]);
    expect(await judge(tokenizer(swapped))).toEqual([expect.stringMatching(/^high ASY-PRV-012 2 tokens have other ids than in base: "w(?:3|200)x"/)]);
    expect(await judge(tokenizer(words, { normalizer: { type: 'Lowercase' } }))).toEqual([expect.stringMatching(/^medium ASY-PRV-012 .*normalizer differ/)]);
    expect(await judge(tokenizer([...words, '<tool>']))).toEqual([expect.stringMatching(/^info ASY-PRV-012 /)]);
    expect(await judge(tokenizer([...words].reverse()))).toEqual([expect.stringMatching(/^info ASY-PRV-012 /)]);
  });
});
