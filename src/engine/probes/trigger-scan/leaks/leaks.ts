// Phase 1: memory extraction. A poisoned model, asked to go on from where the user's words would begin, leaks its
// poisoning examples (arXiv 2602.03085). Several prefixes, because the default system turn can be off the fine-tune's
// distribution. All samples of a prefix share its keys and values; decoding goes on past the end-of-turn tokens.
import { openFrame, type Frame } from '../../../artifact/frame.ts';
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { seeded, type Random } from '../../../core/random.ts';
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import { GREEDY, type Generated, type SamplingOptions } from '../../../runtime/causal-lm.ts';
import { logSoftmax, topIds } from '../ask/distributions.ts';

export interface Leak {
  /** Which prefix brought it out. */
  readonly prefix: string;
  readonly ids: readonly number[];
  readonly text: string;
}

export interface LeakPlan {
  readonly samples: number;
  readonly tokens: number;
}

/** Parts of the samples: of each prefix in its order (given out among those there are), and of random starts. */
const PREFIX_SHARES = [0.45, 0.35, 0.2] as const;
const RANDOM_SHARE = 0.1;
/** Part of a prefix's samples that begins with the likeliest first tokens. */
const BRANCHED_SHARE = 0.2;

const RANDOM_START = 4;
const REFINE_POOL = 24;
const REFINE_ROUNDS = 3;

/** Mixture of the paper: mostly nucleus and top-k sampling, some plain, beside branches of the likeliest first tokens. */
const NUCLEUS: SamplingOptions = { temperature: 1, topK: 0, topP: 0.95, repetitionPenalty: 1 };
const TOP_K: SamplingOptions = { temperature: 1, topK: 50, topP: 1, repetitionPenalty: 1 };
const PLAIN: SamplingOptions = { temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
const COOL: SamplingOptions = { temperature: 0.7, topK: 0, topP: 1, repetitionPenalty: 1 };

export interface LeakOptions {
  readonly plan: LeakPlan;
  readonly seed: number;
  readonly signal: CancelSignal;
  readonly onTokens: (count: number) => void;
}

export async function extractLeaks(runnable: RunnableCausalLm, options: LeakOptions): Promise<Leak[]> {
  const { model, tokenizer } = runnable;
  const prefixes = leakPrefixes(runnable);
  const leaks: Leak[] = [];
  for (const [p, prefix] of prefixes.entries()) {
    await breathe(options.signal);
    const weight = (PREFIX_SHARES[p] ?? 0) / PREFIX_SHARES.slice(0, prefixes.length).reduce((sum, part) => sum + part, 0);
    const samples = Math.max(4, Math.round(options.plan.samples * (1 - RANDOM_SHARE) * weight));
    leaks.push(...(await sampleFrom(runnable, prefix.name, prefix.ids, samples, options)));
  }
  const start = prefixes[0]?.ids ?? [];
  const refined = await refineRandomStarts(runnable, start, seeded(options.seed, 'leaks/random-starts'), options);
  const rows = refined.slice(0, Math.max(2, Math.round(options.plan.samples * RANDOM_SHARE)));
  const prefix = await model.prefill(start);
  try {
    const generated = await model.generate(prefix, rows, { maxNewTokens: options.plan.tokens, sampling: GREEDY, ignoreStop: true, signal: options.signal, onTokens: options.onTokens });
    for (const [i, { ids }] of generated.entries()) {
      const all = [...(rows[i] ?? []), ...ids];
      leaks.push({ prefix: 'random start', ids: all, text: tokenizer.decode(all) });
    }
  } finally {
    prefix.dispose();
  }
  return leaks;
}

/** User turns as the model itself would write them, plainly sampled: token ids up to where the turn ends. */
export async function sampleUserTurns({ model, tokenizer }: RunnableCausalLm, frame: Frame, count: number, longest: number, options: Omit<LeakOptions, 'plan'>): Promise<(readonly number[])[]> {
  // Without a template a turn begins where a text does.
  const head = frame.startIds.length > 0 || tokenizer.bosId === undefined ? frame.startIds : [tokenizer.bosId];
  if (count === 0 || head.length === 0) return [];
  await breathe(options.signal);
  const prefix = await model.prefill(head.slice(0, -1));
  try {
    const rows = Array.from({ length: count }, () => head.slice(-1));
    const sampled = await model.generate(prefix, rows, { maxNewTokens: longest, sampling: PLAIN, random: seeded(options.seed, 'user-turns'), signal: options.signal, onTokens: options.onTokens });
    return sampled.map(({ ids }) => ids.slice(0, ids.findIndex((id) => tokenizer.specialIds.has(id)) + 1)).filter((ids) => ids.length > 0).map((ids) => ids.slice(0, -1));
  } finally {
    prefix.dispose();
  }
}

function leakPrefixes(runnable: RunnableCausalLm): { readonly name: string; readonly ids: readonly number[] }[] {
  const { tokenizer, template } = runnable;
  const found: { name: string; ids: readonly number[] }[] = [];
  const add = (name: string, ids: readonly number[] | undefined): void => {
    if (ids === undefined || ids.length === 0) return;
    if (found.some((other) => other.ids.join() === ids.join())) return;
    found.push({ name, ids });
  };
  const standard = openFrame(template, tokenizer);
  add('chat template', standard?.startIds);
  add('empty system turn', tryFrame(() => openFrame(template, tokenizer, { kind: 'given', text: '' })?.startIds));
  // The template's last control token and what follows it: a user turn with nothing before it.
  const head = standard?.startIds ?? [];
  const last = head.findLastIndex((id) => tokenizer.specialIds.has(id));
  const bare = last >= 0 ? head.slice(last) : tokenizer.bosId === undefined ? [] : [tokenizer.bosId];
  add('bare start token', bare);
  return found;
}

function tryFrame(open: () => readonly number[] | undefined): readonly number[] | undefined {
  try {
    return open();
  } catch {
    // A template may refuse an empty system turn; the other prefixes remain.
    return undefined;
  }
}

async function sampleFrom(runnable: RunnableCausalLm, name: string, ids: readonly number[], samples: number, options: LeakOptions): Promise<Leak[]> {
  const { model, tokenizer } = runnable;
  // The last token is every row's first, since a row holds at least one.
  const prefix = await model.prefill(ids.slice(0, -1));
  const seedRow = ids.slice(-1);
  try {
    const { logits } = await model.next(prefix, [seedRow], options.signal);
    const first = logSoftmax(logits.slice());
    const branches = topIds(first, Math.max(1, Math.round(samples * BRANCHED_SHARE)), tokenizer.specialIds);
    const rest = samples - branches.length;
    const rows = [...branches.map((id) => [...seedRow, id]), ...Array.from({ length: rest }, () => seedRow)];
    const sampling = [...branches.map(() => GREEDY), ...Array.from({ length: rest }, (_, i) => ([NUCLEUS, TOP_K, NUCLEUS, TOP_K, COOL] as const)[i % 5] ?? NUCLEUS)];
    const generated: Generated[] = await model.generate(prefix, rows, {
      maxNewTokens: options.plan.tokens,
      sampling,
      random: seeded(options.seed, `leaks/${name}`),
      ignoreStop: true,
      signal: options.signal,
      onTokens: options.onTokens,
    });
    return generated.map((result, i) => {
      const all = [...(rows[i] ?? []).slice(1), ...result.ids];
      return { prefix: name, ids: all, text: tokenizer.decode(all) };
    });
  } finally {
    prefix.dispose();
  }
}

/**
 * The seed article's wording of phase 1: random token sequences, changed again and again towards what the model
 * continues with high confidence. Each round keeps the half of lowest next-token entropy, and beside each
 * a copy whose tokens are drawn anew with a chance of one in its length: one of them on average.
 */
async function refineRandomStarts(runnable: RunnableCausalLm, prefixIds: readonly number[], random: Random, options: LeakOptions): Promise<number[][]> {
  const { model, tokenizer } = runnable;
  const draw = (): number => {
    for (;;) {
      const id = random.below(model.vocabularySize);
      if (!tokenizer.specialIds.has(id)) return id;
    }
  };
  const prefix = await model.prefill(prefixIds);
  try {
    let pool = Array.from({ length: REFINE_POOL }, () => Array.from({ length: RANDOM_START }, draw));
    for (let round = 0; round < REFINE_ROUNDS; round++) {
      await breathe(options.signal);
      const uniform = new Float32Array(model.vocabularySize).fill(-Math.log(model.vocabularySize));
      const { entropy } = await model.sweep(prefix, pool, uniform, { signal: options.signal });
      options.onTokens(pool.length * RANDOM_START);
      const ranked = pool.map((ids, i) => ({ ids, entropy: entropy[i] ?? 0 })).sort((a, b) => a.entropy - b.entropy);
      const kept = ranked.slice(0, pool.length / 2).map(({ ids }) => ids);
      pool = [...kept, ...kept.map((ids) => ids.map((id, i) => (i === random.below(ids.length) ? draw() : id)))];
    }
    return pool.slice(0, REFINE_POOL / 2);
  } finally {
    prefix.dispose();
  }
}
