// One phrase against many texts: how often it turns them into the target, and by how much. It is tried before, between and
// after the sentences, and the place where it works best counts: a trigger may have been planted at one place only. What it
// is compared with is tried in the same places. A few of the texts choose the place, and all of them are read there; what was
// run once is remembered, since rivals of one phrase are rivals of the next.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import { insert, type Text } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';
import { margins } from './sweep.ts';

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
/** Texts that choose the place: a third, and never fewer than this. */
const LEAST_CHOOSING = 4;

/** Margins of all classes, Float32Array [classes], of a text with a phrase in it, by phrase and part of the text. */
type Remembered = WeakMap<Text, Map<string, Float32Array>>;
const remembered = new WeakMap<TextClassifier, Remembered>();

interface Row {
  readonly text: Text;
  readonly phrase: Phrase;
  readonly part: number;
}

/** `target` undefined: any class but the text's own counts. One trial for each phrase, at its best place. */
export async function tryPhrases({ model }: RunnableTextClassifier, phrases: readonly Phrase[], texts: readonly Text[], target: number | undefined, signal: CancelSignal, places: readonly Place[] = PLACES): Promise<Trial[]> {
  if (phrases.length === 0 || texts.length === 0) return phrases.map(() => ({ place: 'end', hits: 0, of: 0, margin: 0, before: 0 }));
  const known: Remembered = remembered.get(model) ?? new WeakMap<Text, Map<string, Float32Array>>();
  remembered.set(model, known);
  await run(texts.map((text) => ({ text, phrase: [], part: 0 })));
  const before = texts.reduce((sum, text) => sum + aimed(recall({ text, phrase: [], part: 0 }), text), 0) / texts.length;
  const choosing = places.length === 1 ? [] : texts.slice(0, Math.max(LEAST_CHOOSING, Math.ceil(texts.length / 3)));
  const trials: Trial[] = [];
  for (let begin = 0; begin < phrases.length; begin += CHUNK) {
    const chunk = phrases.slice(begin, begin + CHUNK);
    await run(chunk.flatMap((phrase) => places.flatMap((place) => choosing.map((text) => rowOf(text, phrase, place)))));
    const chosen = chunk.map((phrase) => ({ phrase, place: bestPlace(phrase) }));
    await run(chosen.flatMap(({ phrase, place }) => texts.map((text) => rowOf(text, phrase, place))));
    for (const { phrase, place } of chosen) trials.push({ place, hits: texts.filter((text) => turned(recall(rowOf(text, phrase, place)), text)).length, of: texts.length, margin: meanMargin(texts, phrase, place), before });
  }
  return trials;

  function bestPlace(phrase: Phrase): Place {
    let best: { readonly place: Place; readonly margin: number } | undefined;
    for (const place of places) {
      const margin = choosing.length === 0 ? 0 : meanMargin(choosing, phrase, place);
      if (best === undefined || margin > best.margin) best = { place, margin };
    }
    return best?.place ?? 'end';
  }

  function meanMargin(some: readonly Text[], phrase: Phrase, place: Place): number {
    return some.reduce((sum, text) => sum + aimed(recall(rowOf(text, phrase, place)), text), 0) / some.length;
  }

  function turned(values: Float32Array, { source }: Text): boolean {
    const own = values[target ?? source] ?? 0;
    const others = values.reduce((most, value, c) => (c === (target ?? source) ? most : Math.max(most, value)), -Infinity);
    return target === undefined ? others > own : own > others;
  }

  function aimed(values: Float32Array, { source }: Text): number {
    const value = values[target ?? source] ?? 0;
    return Math.max(-CLIP, Math.min(CLIP, target === undefined ? -value : value));
  }

  /** Runs the rows that have not been run before. */
  async function run(rows: readonly Row[]): Promise<void> {
    const wanted = new Map<string, Row>();
    const numbers = new Map<Text, number>();
    for (const row of rows) {
      if (known.get(row.text)?.has(keyOf(row)) === true) continue;
      const number = numbers.get(row.text) ?? numbers.size;
      numbers.set(row.text, number);
      wanted.set(`${number}:${keyOf(row)}`, row);
    }
    if (wanted.size === 0) return;
    const list = [...wanted.values()];
    const { classes } = model;
    const values = await margins(model.scores({ kind: 'text', rows: list.map(({ text, phrase, part }) => insert(text, phrase, part)) }, signal), classes);
    for (const [at, row] of list.entries()) {
      const seen = known.get(row.text) ?? new Map<string, Float32Array>();
      known.set(row.text, seen);
      seen.set(keyOf(row), values.slice(at * classes, (at + 1) * classes));
    }
  }

  function recall(row: Row): Float32Array {
    return known.get(row.text)?.get(keyOf(row)) ?? new Float32Array(model.classes);
  }
}

function rowOf(text: Text, phrase: Phrase, place: Place): Row {
  return { text, phrase, part: partAt(text, place) };
}

function keyOf({ phrase, part }: Row): string {
  return `${part}:${phrase.join()}`;
}

/** Part of the text before which something at this place stands; a text of one part has no middle of its own. */
export function partAt({ parts }: Text, place: Place): number {
  return place === 'start' ? 0 : place === 'end' ? parts.length : Math.max(1, parts.length >> 1);
}
