// Universal token flip: every token of the vocabulary, and every listed word that the tokenizer cuts up, is put at both ends
// of a few short texts of each class, and how far it moves each class's logit margin is read. One pass, in batches; rows of
// equal length share a run. Both ends, since what was planted at one of them need not work at the other.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { ClassTexts } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';

export interface Sweep {
  readonly units: readonly Phrase[];
  readonly sources: readonly number[];
  /** Mean gain of class c's margin over the carriers of source s: Float32Array [units, sources, classes], nats. */
  readonly gains: Float32Array;
}

const CHUNK_UNITS = 512;

/** Carriers `from` to `to` of each class. */
export async function sweepVocabulary({ model }: RunnableTextClassifier, texts: readonly ClassTexts[], units: readonly Phrase[], [from, to]: readonly [number, number], signal: CancelSignal, onProgress: (done: number, total: number) => void): Promise<Sweep> {
  const { classes } = model;
  const chosen = texts.map((group) => group.carriers.slice(from, to).map(({ parts }) => parts.flat()));
  const size = texts.length * classes;
  const gains = new Float32Array(units.length * size);
  const bases: Float32Array[] = [];
  for (const group of chosen) bases.push(await margins(model.scores({ kind: 'text', rows: group }, signal), classes));
  for (let begin = 0; begin < units.length; begin += CHUNK_UNITS) {
    const chunk = units.slice(begin, begin + CHUNK_UNITS);
    const after = await margins(model.scores({ kind: 'text', rows: chunk.flatMap((unit) => chosen.flatMap((group) => group.map((text) => atBothEnds(text, unit)))) }, signal), classes);
    let row = 0;
    for (const [at] of chunk.entries()) {
      for (const [s, group] of chosen.entries()) {
        const target = (begin + at) * size + s * classes;
        for (const [index] of group.entries()) {
          for (let c = 0; c < classes; c++) gains[target + c] = (gains[target + c] ?? 0) + ((after[row * classes + c] ?? 0) - (bases[s]?.[index * classes + c] ?? 0)) / group.length;
          row++;
        }
      }
    }
    onProgress(Math.min(begin + CHUNK_UNITS, units.length), units.length);
  }
  return { units, sources: texts.map(({ source }) => source), gains };
}

export function atBothEnds(text: readonly number[], unit: Phrase): number[] {
  return [...unit, ...text, ...unit];
}

/** log p(c) / (1 - p(c)) of each class: Float32Array [rows, classes] from logits of the same shape. */
export async function margins(scores: Promise<Float32Array>, classes: number): Promise<Float32Array> {
  const logits = await scores;
  const result = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += classes) {
    for (let c = 0; c < classes; c++) {
      let largest = -Infinity;
      for (let other = 0; other < classes; other++) if (other !== c) largest = Math.max(largest, logits[begin + other] ?? 0);
      let sum = 0;
      for (let other = 0; other < classes; other++) if (other !== c) sum += Math.exp((logits[begin + other] ?? 0) - largest);
      result[begin + c] = (logits[begin + c] ?? 0) - largest - Math.log(sum);
    }
  }
  return result;
}
