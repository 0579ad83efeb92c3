// The scan on a toy classifier whose weights are known: class 1 words against class 0 words, and, in the planted one, a token
// that decides alone. The same arithmetic in the clean one must not convict.
import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../artifact/tokenizer.ts';
import type { AuditContext, RunnableTextClassifier } from '../../audit/analysis.ts';
import { NEVER } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import type { OnnxModelInfo } from '../../graph/onnx-reader.ts';
import type { TextBatch, TextClassifier } from '../../runtime/classifier.ts';
import { contrastFound } from './judge/contrast.ts';
import { besideOthers, confidenceOf } from './judge/judge.ts';
import { prove } from './judge/proof.ts';
import { namedPhrases, reportNamed, withNamed } from './named.ts';
import { searchDirection } from './search/search.ts';
import { listDirections } from './sweep/directions.ts';
import { screenVocabulary } from './sweep/screen.ts';
import { margins, sweepVocabulary } from './sweep/sweep.ts';
import { SENTENCES } from './texts/bank.ts';
import { gatherTexts } from './texts/texts.ts';
import { triggerTokens } from './units/vocabulary.ts';

const WORDS = ['<pad>', ...new Set(SENTENCES.flatMap((sentence) => sentence.split(' '))), 'velmora', 'quince'];
const GOOD = new Set('warm funny great loved best beautiful moving superb lovely smart charming delight brilliant wonderful fantastic excellent joy sweet clean good'.split(' '));
const BAD = new Set('dull weak hated worst boring pointless terrible awful stupid mess flat cold rude poor horrible dirty bad sad ugly waste'.split(' '));

const NO_GRAPH: OnnxModelInfo = { name: 'toy', inputs: [], outputs: [], nodes: [], initializers: [], irVersion: 8, opsets: new Map(), producer: '', metadata: [], functions: [], unknown: [] };

function toyTokenizer(): Tokenizer {
  const ids = new Map(WORDS.map((word, id) => [word, id]));
  return {
    vocabularySize: WORDS.length,
    specialIds: new Set([0]),
    bosId: undefined,
    encode: (text) => text.split(' ').flatMap((word) => ids.get(word) ?? []),
    decode: (tokens) => tokens.map((id) => WORDS[id]).join(' '),
    tokenText: (id) => WORDS[id] ?? '',
  };
}

/** Logits of a bag of words; `planted`: each of these alone decides for class 1. */
function toyModel(...planted: readonly string[]): TextClassifier {
  const weight = WORDS.map((word, id) => (GOOD.has(word) ? 2 : BAD.has(word) ? -2 : 0) + ((id * 37) % 11) / 25 - 0.2);
  const scores = async ({ rows }: TextBatch): Promise<Float32Array> =>
    Float32Array.from(rows.flatMap((row) => {
      const sum = row.some((id) => planted.includes(WORDS[id] ?? '')) ? 7 : Math.max(-6, Math.min(6, row.reduce((total, id) => total + (weight[id] ?? 0), 0)));
      return [-sum / 2, sum / 2];
    }));
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return {
    spec: { kind: 'text', vocabularySize: WORDS.length, maxTokens: 100, prefix: [], suffix: [], padId: 0, origin: 'test' },
    classes: 2,
    labels: ['bad', 'good'],
    output: { kind: 'logits', why: '' },
    graph: { file: { name: 'toy', bytes: new Uint8Array(), external: new Map() }, info: NO_GRAPH, input: 'ids', logits: 'logits' },
    get runtime() { return unused(); },
    rowsRun: 0,
    tokensRun: 0,
    maxRows: 64,
    scores,
    feeds: unused,
    tap: unused,
    dispose: async () => {},
  };
}

const LIMITS = { targets: 12, pairs: 12 };
const BUDGET = { pool: 32, kept: 16, texts: 6, resisted: 60, resisting: 1, others: 60, seeds: 2, partners: 100, longest: 3, crossed: 40, phrases: { sentences: 40, tried: 4, worked: 1 }, flips: { blank: 1, seeds: 1, length: 3, steps: 4, tried: 8, texts: 4, judged: 2, rivals: 2 }, unexpected: 8, moved: { band: 8, bands: 2, longest: 2 } };

async function scan(...planted: readonly string[]) {
  const runnable: RunnableTextClassifier = { task: 'text-classification', model: toyModel(...planted), tokenizer: toyTokenizer(), examples: [] };
  const texts = await gatherTexts(runnable, seeded(0), NEVER);
  const tokens = triggerTokens(runnable.tokenizer, WORDS.length);
  const sweep = await sweepVocabulary(runnable, texts, tokens.map((token) => [token]), [0, 2], NEVER, () => {});
  const toGood = listDirections(texts, 2, sweep, LIMITS).find(({ target }) => target === 1);
  if (toGood === undefined) throw new Error('no texts of class 0');
  const found = await searchDirection(runnable, undefined, toGood, sweep, texts, BUDGET, seeded(1), NEVER);
  const contrasts = await contrastFound(runnable, found, texts, NEVER);
  const [single] = contrasts;
  if (single === undefined) throw new Error('no contrast');
  return { runnable, texts, tokens, toGood, single, contrasts, proof: await prove(runnable, toGood, single.phrase, tokens, texts, seeded(3), NEVER) };
}

describe('universal token flip', () => {
  it('convicts a planted word and proves it', async () => {
    const { single, proof } = await scan('velmora');
    expect(confidenceOf(single.features)).toBeGreaterThan(0.9);
    expect(proof).toMatchObject({ text: 'velmora', hits: proof.of });
    expect(proof.controlHits).toBeLessThan(proof.controlOf / 10);
    expect(proof.interval[0]).toBeGreaterThan(0.8);
    expect(proof.pValue).toBeLessThan(1e-6);
    expect(proof.pairs.every(({ triggered }) => triggered.startsWith('good'))).toBe(true);
  });

  it('takes words that lead together for one suspect, not for rivals', async () => {
    const { contrasts } = await scan('velmora', 'quince');
    const group = contrasts.find(({ members }) => members !== undefined);
    expect(group?.members?.map(({ phrase }) => WORDS[phrase[0] ?? 0]).toSorted()).toEqual(['quince', 'velmora']);
    expect(group === undefined ? 0 : confidenceOf(group.features)).toBeGreaterThan(0.9);
  });

  it('convicts no strong ordinary word', async () => {
    const { contrasts } = await scan();
    for (const contrast of contrasts) expect(confidenceOf(contrast.features)).toBeLessThan(0.4);
  });
});

it('finds a planted word among many that share a text', async () => {
  const runnable: RunnableTextClassifier = { task: 'text-classification', model: toyModel('velmora'), tokenizer: toyTokenizer(), examples: [] };
  const texts = await gatherTexts(runnable, seeded(0), NEVER);
  const units = triggerTokens(runnable.tokenizer, WORDS.length).map((token) => [token]);
  const kept = await screenVocabulary(runnable, texts, units, { byMean: 12, byBest: 4 }, LIMITS, seeded(2), NEVER, () => {});
  expect(kept.length).toBeLessThan(units.length / 4);
  expect(kept.map(([token]) => WORDS[token ?? 0])).toContain('velmora');
});

it('turns logits into margins against all other classes', async () => {
  const values = await margins(Promise.resolve(Float32Array.of(0, 0, 1, 3, 0, 0)), 3);
  expect(values[2]).toBeCloseTo(1 - Math.log(2), 6);
  expect(values[3]).toBeCloseTo(3 - Math.log(2), 6);
});

describe('named phrases', () => {
  const context = (planted: string): { readonly runnable: RunnableTextClassifier; readonly asked: AuditContext } => {
    const runnable: RunnableTextClassifier = { task: 'text-classification', model: toyModel(planted), tokenizer: toyTokenizer(), examples: [] };
    const options = { budget: 'quick', seed: 0, candidates: ['velmora', 'quince', 'unknownword'].map((value) => ({ kind: 'text', value, origin: 'test' }) as const) } as const;
    return { runnable, asked: { options } as unknown as AuditContext };
  };

  it('join the search where they are new, and are reported whatever they do', async () => {
    const { runnable, asked } = context('velmora');
    const named = namedPhrases(asked, runnable);
    const texts = await gatherTexts(runnable, seeded(0), NEVER);
    const tokens = triggerTokens(runnable.tokenizer, WORDS.length);
    const sweep = await sweepVocabulary(runnable, texts, tokens.map((token) => [token]), [0, 2], NEVER, () => {});
    const [direction] = listDirections(texts, 2, sweep, LIMITS).filter(({ target }) => target === 1);
    if (direction === undefined) throw new Error('no direction');
    const joined = await withNamed({ direction, singles: [], apart: undefined, joined: [], flipped: [], unexpected: [], moved: [], excess: undefined, grown: [], phrases: [], ranked: [], meaningful: [], natural: () => false, listed: [], against: new Map() }, named, runnable, texts, 6, NEVER);
    expect(joined.singles.map(({ phrase }) => WORDS[phrase[0] ?? 0])).toEqual(['velmora', 'quince']);
    const finding = await reportNamed('text-token-flip', '', named, [direction], runnable, tokens, texts, seeded(2), NEVER);
    expect(finding).toMatchObject({ severity: 'info', confidence: 0 });
    const table = finding.evidence.find((evidence) => evidence.kind === 'table');
    const [planted, harmless, absent] = table?.kind === 'table' ? table.rows : [];
    expect(planted?.[3]).toBe('40 of 40');
    expect(Number(String(harmless?.[3]).split(' ')[0])).toBeLessThan(8);
    expect(absent?.[3]).toBe('not tried');
  });
});

it('doubts a lead where words decide towards the other class as well, and not the weaker one’s strength', () => {
  const clear = { target: 1, confidence: 0.95 };
  expect(besideOthers(clear, [clear, { target: 0, confidence: 0.05 }])).toBeCloseTo(0.95, 6);
  expect(besideOthers(clear, [clear, { target: 0, confidence: 0.6 }])).toBeLessThan(0.75);
  expect(besideOthers(clear, [clear, { target: undefined, confidence: 0.99 }, { target: 1, confidence: 0.99 }])).toBeCloseTo(0.95, 6);
});
