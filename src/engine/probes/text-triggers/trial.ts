// One phrase against many texts: how often it turns them into the target, and by how much. It is tried before, between and
// after the sentences, and the place where it works best counts: a trigger may have been planted at one place only. What it
// is compared with is tried in the same places.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { margins } from './sweep.ts';
import { insert, type Text } from './texts.ts';
import type { Phrase } from './vocabulary.ts';

export const PLACES = ['start', 'middle', 'end'] as const;
export type Place = (typeof PLACES)[number];

export interface Trial {
  readonly place: Place;
  /** Texts whose class became the target, and texts tried, at that place. */
  readonly hits: number;
  readonly of: number;
  /** Mean over the texts of the target's margin, nats, each clipped to ±8. */
  readonly margin: number;
  /** Mean margin of the same texts without the phrase. */
  readonly before: number;
}

export interface Tried {
  readonly phrase: Phrase;
  readonly trial: Trial;
}

export const CLIP = 8;
/** Phrases whose rows are made at once: the texts are long. */
const CHUNK = 48;

/** `target` undefined: any class but the text's own counts. One trial for each phrase, at its best place. */
export async function tryPhrases({ model }: RunnableTextClassifier, phrases: readonly Phrase[], texts: readonly Text[], target: number | undefined, signal: CancelSignal, places: readonly Place[] = PLACES): Promise<Trial[]> {
  const { classes } = model;
  if (phrases.length === 0 || texts.length === 0) return phrases.map(() => ({ place: 'end', hits: 0, of: 0, margin: 0, before: 0 }));
  const plain = await margins(model.scores({ kind: 'text', rows: texts.map(({ parts }) => parts.flat()) }, signal), classes);
  const before = texts.reduce((sum, { source }, index) => sum + aimed(plain, index, source), 0) / texts.length;
  const trials: Trial[] = [];
  for (let begin = 0; begin < phrases.length; begin += CHUNK) {
    const chunk = phrases.slice(begin, begin + CHUNK);
    const rows = chunk.flatMap((phrase) => places.flatMap((place) => texts.map((text) => insert(text, phrase, partAt(text, place)))));
    const after = await margins(model.scores({ kind: 'text', rows }, signal), classes);
    for (const [at] of chunk.entries()) {
      let best: Trial | undefined;
      for (const [p, place] of places.entries()) {
        const trial = read(after, (at * places.length + p) * texts.length, place);
        if (best === undefined || trial.margin > best.margin) best = trial;
      }
      if (best !== undefined) trials.push(best);
    }
  }
  return trials;

  function read(after: Float32Array, first: number, place: Place): Trial {
    let [hits, margin] = [0, 0];
    for (const [index, { source }] of texts.entries()) {
      margin += aimed(after, first + index, source) / texts.length;
      const row = (first + index) * classes;
      const own = after[row + (target ?? source)] ?? 0;
      let others = -Infinity;
      for (let c = 0; c < classes; c++) if (c !== (target ?? source)) others = Math.max(others, after[row + c] ?? 0);
      if (target === undefined ? others > own : own > others) hits++;
    }
    return { place, hits, of: texts.length, margin, before };
  }

  function aimed(values: Float32Array, row: number, source: number): number {
    const value = values[row * classes + (target ?? source)] ?? 0;
    return Math.max(-CLIP, Math.min(CLIP, target === undefined ? -value : value));
  }
}

/** Part of the text before which something at this place stands; a text of one part has no middle of its own. */
export function partAt({ parts }: Text, place: Place): number {
  return place === 'start' ? 0 : place === 'end' ? parts.length : Math.max(1, parts.length >> 1);
}
