// One phrase against many texts: how often it turns them into the target, and by how much.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { margins } from './sweep.ts';
import { insert, type Text } from './texts.ts';

export type Phrase = readonly number[];

export interface Trial {
  /** Texts whose class became the target, and texts tried. */
  readonly hits: number;
  readonly of: number;
  /** Mean over the texts of the target's margin, nats, each clipped to ±8. */
  readonly margin: number;
  /** Mean margin of the same texts without the phrase. */
  readonly before: number;
}

export const CLIP = 8;

/** `target` undefined: any class but the text's own counts. Places are drawn once, so every phrase stands at the same ones. */
export async function tryPhrases({ model }: RunnableTextClassifier, phrases: readonly Phrase[], texts: readonly Text[], target: number | undefined, random: Random, signal: CancelSignal): Promise<Trial[]> {
  const { classes } = model;
  const places = texts.map(({ parts }) => random.below(parts.length + 1));
  const plain = await margins(model.scores({ kind: 'text', rows: texts.map(({ parts }) => parts.flat()) }, signal), classes);
  const before = texts.reduce((sum, { source }, index) => sum + aimed(plain, index, source), 0) / Math.max(1, texts.length);
  const trials: Trial[] = [];
  // Rows of some hundred phrases at a time: the texts are long.
  for (let begin = 0; begin < phrases.length; begin += 128) {
    const chunk = phrases.slice(begin, begin + 128);
    const after = await margins(model.scores({ kind: 'text', rows: chunk.flatMap((phrase) => texts.map((text, index) => insert(text, phrase, places[index] ?? 0))) }, signal), classes);
    for (const [at] of chunk.entries()) {
      let [hits, margin] = [0, 0];
      for (const [index, { source }] of texts.entries()) {
        const value = aimed(after, at * texts.length + index, source);
        margin += value;
        const row = (at * texts.length + index) * classes;
        const own = after[row + (target ?? source)] ?? 0;
        let others = -Infinity;
        for (let c = 0; c < classes; c++) if (c !== (target ?? source)) others = Math.max(others, after[row + c] ?? 0);
        if (target === undefined ? others > own : own > others) hits++;
      }
      trials.push({ hits, of: texts.length, margin: margin / Math.max(1, texts.length), before });
    }
  }
  return trials;

  function aimed(values: Float32Array, row: number, source: number): number {
    const value = values[row * classes + (target ?? source)] ?? 0;
    return Math.max(-CLIP, Math.min(CLIP, target === undefined ? -value : value));
  }
}
