// The first look at a large vocabulary: group testing (Dorfman 1943). Several tokens share one short text, each once in
// front of it and once behind it, beside other tokens each time; what stands in two groups that moved is worth a text
// of its own. Costs some 4 tokens for each token of the vocabulary and class, in place of 9. How it can mislead: a token
// that works alone and not beside others is not seen; strong ordinary words lift their neighbours in a group, which the
// later sweep of single tokens sorts out.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { shuffled, type Random } from '../../../core/random.ts';
import type { ClassTexts } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';
import { listDirections, unitScores, type DirectionLimits } from './directions.ts';
import { margins, type Sweep } from './sweep.ts';

export interface ScreenBudget {
  /** Tokens that go on in each direction: by their mean over both groups, and by the better one. */
  readonly byMean: number;
  readonly byBest: number;
}

const GROUP = 6;
const CHUNK_GROUPS = 128;

/** The units worth a text of their own, in the order given. */
export async function screenVocabulary(runnable: RunnableTextClassifier, texts: readonly ClassTexts[], units: readonly Phrase[], budget: ScreenBudget, followed: DirectionLimits, random: Random, signal: CancelSignal, onProgress: (done: number, total: number) => void): Promise<Phrase[]> {
  const { model } = runnable;
  const rounds: Sweep[] = [];
  for (const [round, place] of (['front', 'back'] as const).entries()) {
    const order = shuffled(Array.from(units.keys()), random.fork(place));
    rounds.push(await sweepGroups(order, place, (done) => onProgress(round * units.length + done, 2 * units.length)));
  }
  const chosen = new Set<number>();
  const [front, back] = rounds;
  if (front === undefined || back === undefined) return [];
  const both: Sweep = { ...front, gains: front.gains.map((gain, at) => (gain + (back.gains[at] ?? 0)) / 2) };
  for (const direction of listDirections(texts, model.classes, both, followed)) {
    const [first, second] = [front, back].map((round) => unitScores(direction, round, model.classes));
    const mean = Float32Array.from(units, (_, at) => ((first?.[at] ?? 0) + (second?.[at] ?? 0)) / 2);
    const best = Float32Array.from(units, (_, at) => Math.max(first?.[at] ?? 0, second?.[at] ?? 0));
    for (const [scores, count] of [[mean, budget.byMean], [best, budget.byBest]] as const) {
      for (const at of Array.from(units.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, count)) chosen.add(at);
    }
  }
  return units.filter((_, at) => chosen.has(at));

  async function sweepGroups(order: readonly number[], place: 'front' | 'back', onDone: (done: number) => void): Promise<Sweep> {
    const { classes } = model;
    const carriers = texts.map(({ carriers: [text] }) => text?.parts.flat() ?? []);
    const base = await margins(model.scores({ kind: 'text', rows: carriers }, signal), classes);
    const size = texts.length * classes;
    const gains = new Float32Array(units.length * size);
    const groups = Array.from({ length: Math.ceil(order.length / GROUP) }, (_, g) => order.slice(g * GROUP, (g + 1) * GROUP));
    for (let begin = 0; begin < groups.length; begin += CHUNK_GROUPS) {
      const chunk = groups.slice(begin, begin + CHUNK_GROUPS);
      const rows = chunk.flatMap((group) => {
        const tokens = group.flatMap((at) => units[at] ?? []);
        return carriers.map((text) => (place === 'front' ? [...tokens, ...text] : [...text, ...tokens]));
      });
      const after = await margins(model.scores({ kind: 'text', rows }, signal), classes);
      for (const [g, group] of chunk.entries()) {
        for (const at of group) for (let i = 0; i < size; i++) gains[at * size + i] = (after[g * size + i] ?? 0) - (base[i] ?? 0);
      }
      onDone(Math.min((begin + chunk.length) * GROUP, order.length));
    }
    return { units, sources: texts.map(({ source }) => source), gains };
  }
}
