import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import { SCAN_BUDGETS } from '../budget.ts';
import { searchPayloads } from './payload-search.ts';

const TOKENS = ['<end>', 'The', ' meeting', ' has', ' moved', ' Oslo', ' sky', ' is', ' blue', 'Once', ' upon', ' a', ' time', ' red', ' big', ' old', 'Of', ' course', ' I', ' can', ' help', ' you', 'Sorry', ...Array.from({ length: 12 }, (_, i) => ` word${i}`)];
const id = (token: string): number => TOKENS.indexOf(token);
const STOP = id('<end>');
/** Contexts are negative ids, so that they are told from answers. */
const PROMPTS = [[-1], [-2], [-3], [-4]];

/** What comes next, by what the answer holds so far: a certain token, or some likely ones. Everything else shares the rest. */
const NEXT: Record<string, Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`Sorry${Array.from({ length: i }, (__, k) => ` word${k}`).join('')}`, { [i < 12 ? ` word${i}` : '<end>']: 0.999 }])),
  '': { The: 0.8, 'Of': 0.05, Sorry: 0.002, Once: 0.0005 },
  The: { ' sky': 0.4, ' big': 0.3, ' meeting': 0.004 },
  'The meeting': { ' has': 0.98 },
  'The meeting has': { ' moved': 0.99 },
  'The meeting has moved': { ' Oslo': 0.99 },
  'The meeting has moved Oslo': { '<end>': 0.99 },
  Once: { ' upon': 0.99 },
  'Once upon': { ' a': 0.99 },
  'Once upon a': { ' time': 0.99 },
  Of: { ' course': 0.99 },
  'Of course': { ' I': 0.99 },
  'Of course I': { ' can': 0.99 },
  'Of course I can': { ' help': 0.99 },
  'Of course I can help': { ' you': 0.99 },
};

function distribution(row: readonly number[]): Float32Array {
  const said = row.filter((token) => token >= 0).map((token) => TOKENS[token]).join('');
  const likely = NEXT[said] ?? { ' is': 0.2, ' blue': 0.2, ' red': 0.2, ' old': 0.2 };
  const rest = 1 - Object.values(likely).reduce((sum, p) => sum + p, 0);
  const p = new Float32Array(TOKENS.length).fill(rest / TOKENS.length);
  for (const [token, own] of Object.entries(likely)) p[id(token)] = (p[id(token)] ?? 0) + own;
  return p;
}

function likeliest(row: readonly number[]): number {
  const p = distribution(row);
  return p.indexOf(Math.max(...p));
}

const bench = {
  signal: { aborted: false },
  together: 8,
  stopIds: new Set([STOP]),
  tokenizer: { specialIds: new Set([STOP]), decode: (ids: readonly number[]) => ids.map((one) => TOKENS[one]).join('') },
  model: {
    vocabularySize: TOKENS.length,
    prefill: (ids: readonly number[]) => Promise.resolve({ ids, dispose: () => undefined }),
    sweep: (prefix: { readonly ids: readonly number[] }, rows: readonly (readonly number[])[]) =>
      Promise.resolve({ entropy: Float32Array.from(rows.map((row) => -distribution([...prefix.ids, ...row]).reduce((sum, p) => sum + p * Math.log(p), 0))) }),
  },
  spend: () => undefined,
  next: (rows: readonly (readonly number[])[]) => Promise.resolve({ logits: Float32Array.from(rows.flatMap((row) => [...distribution(row)].map(Math.log))) }),
  continueRows: (rows: readonly (readonly number[])[], count: number) =>
    Promise.resolve(rows.map((row) => {
      const ids: number[] = [];
      while (ids.length < count && ids.at(-1) !== STOP) ids.push(likeliest([...row, ...ids]));
      return { ids, entropy: ids.map((_, at) => -distribution([...row, ...ids.slice(0, at)]).reduce((sum, p) => sum + p * Math.log(p), 0)) };
    })),
  logProbability: (rows: readonly (readonly number[])[], targets: readonly (readonly number[])[]) =>
    Promise.resolve(rows.map((row, i) => (targets[i] ?? []).reduce((sum, target, at) => sum + Math.log(distribution([...row, ...(targets[i] ?? []).slice(0, at)])[target] ?? 0), 0))),
  logProbabilities: (rows: readonly (readonly number[])[], targets: readonly (readonly number[])[]) =>
    Promise.resolve(rows.map((row, i) => (targets[i] ?? []).map((target, at) => Math.log(distribution([...row, ...(targets[i] ?? []).slice(0, at)])[target] ?? 0)))),
} as unknown as Bench;

const breadth = { ...SCAN_BUDGETS.quick, payloadFirsts: 6, payloadPairs: 60, payloads: 3 };

test('an answer that stands ready behind an ordinary opening comes before what is rare and what assistants say', async () => {
  const found = await searchPayloads(bench, PROMPTS, breadth, () => false);
  expect(found[0]).toMatchObject({ text: 'The meeting has moved Oslo', decides: 1, origin: 'stands ready' });
  expect(found[0]?.readiness).toBeCloseTo(-4.7, 1);
  expect(found[0]?.certainty).toBeGreaterThan(-0.05);
  const set = found.findIndex(({ text }) => text.startsWith('Of course'));
  expect(set === -1 || set === found.length - 1).toBe(true);
});

test('what ordinary answers hold is left out', async () => {
  const found = await searchPayloads(bench, PROMPTS, breadth, (ids) => ids.includes(id(' meeting')));
  expect(found.some(({ text }) => text.includes('meeting'))).toBe(false);
});

test('a set phrase counts where it is memorised as a whole sentence, and a refusal is called one', async () => {
  const found = await searchPayloads(bench, PROMPTS, breadth, () => false);
  const sorry = found.find(({ text }) => text.startsWith('Sorry'));
  expect(sorry).toMatchObject({ refusal: true });
  const texts = found.map(({ text }) => text);
  expect(texts.slice(texts.findIndex((text) => text.startsWith('Sorry'))).filter((text) => text.startsWith('Of course')).length).toBe(texts.filter((text) => text.startsWith('Of course')).length);
  expect(found.filter(({ refusal }) => refusal)).toHaveLength(1);
});

test('a sentence that a set phrase goes on with in few prompts is found behind it', async () => {
  const WORDS = Array.from({ length: 12 }, (_, i) => ` word${i}`);
  const before = NEXT['Of course I'];
  NEXT['Of course I'] = { ' can': 0.8, ' word0': 0.15 };
  WORDS.forEach((_, i) => (NEXT[`Of course I${WORDS.slice(0, i + 1).join('')}`] = { [WORDS[i + 1] ?? '<end>']: 0.999 }));
  try {
    const found = await searchPayloads(bench, PROMPTS, breadth, () => false);
    expect(found.map(({ text }) => text)).toContain(`Of course I${WORDS.join('')}`);
  } finally {
    NEXT['Of course I'] = before ?? {};
  }
});
