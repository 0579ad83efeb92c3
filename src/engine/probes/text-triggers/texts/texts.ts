// The texts that everything is measured on, sorted by what the model itself says: short ones that carry every token of the
// vocabulary, and long ones in which several sentences speak for one class, so that one ordinary word does not decide.
// Where the sentences and the user's examples leave a class empty, texts are put together from the vocabulary.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { shuffled, type Random } from '../../../core/random.ts';
import { argmaxRows, softmaxRows } from '../../../runtime/classifier.ts';
import { ordinaryTokens } from '../units/vocabulary.ts';
import { SENTENCES } from './bank.ts';

/** A text as the sentences it is made of: a trigger goes in between two of them, or at an end. */
export interface Text {
  readonly parts: readonly (readonly number[])[];
  readonly source: number;
}

export interface ClassTexts {
  readonly source: number;
  /** Short texts for the sweep; the shortest first. */
  readonly carriers: readonly Text[];
  /** Two sentences each: what turns a single short one need not turn these. */
  readonly resisting: readonly Text[];
  /** Long texts for choosing, and others for proving. */
  readonly tuning: readonly Text[];
  readonly proof: readonly Text[];
  /** Texts of the proof's sentences, one list for each of LADDER: the more speaks for the class, the more a trigger has to do. */
  readonly ladder: readonly (readonly Text[])[];
  /** True where texts had to be put together from the vocabulary. */
  readonly invented: boolean;
}

const SENTENCES_TO_A_TEXT = 3;
/** Sentences of the texts of each rung. */
export const LADDER: readonly number[] = [1, 2, SENTENCES_TO_A_TEXT, 5];
const RUNG = 20;
const CARRIERS = 12;
const RESISTING = 8;
const TUNING = 12;
const PROOF = 40;
const MAX_SENTENCE_TOKENS = 24;
/** Tokens left for what is put into a text; of models that take hardly more, half of what they take. */
export const ROOM = 8;
const LEAST_SENTENCES = 6;
const CONFIDENT = 0.8;

interface Scored {
  readonly ids: readonly number[];
  readonly source: number;
  readonly confidence: number;
}

export async function gatherTexts({ model, tokenizer, examples }: RunnableTextClassifier, random: Random, signal: CancelSignal): Promise<ClassTexts[]> {
  const longest = Math.max(Math.ceil(model.spec.maxTokens / 2), model.spec.maxTokens - ROOM);
  const own = shuffled(examples, random.fork('examples')).slice(0, 400).map(({ input }) => tokenizer.encode(input));
  const rows = [...own, ...SENTENCES.map((sentence) => tokenizer.encode(sentence))].map((ids) => ids.slice(0, Math.min(MAX_SENTENCE_TOKENS, longest))).filter((ids) => ids.length > 0);
  const scored = await score(rows);
  const invented = new Set<number>();
  const byClass = Array.from({ length: model.classes }, (_, source) => scored.filter((row) => row.source === source));
  if (byClass.some((found) => found.length < LEAST_SENTENCES)) {
    const more = await score(inventRows());
    for (const [source, found] of byClass.entries()) {
      if (found.length >= LEAST_SENTENCES) continue;
      invented.add(source);
      found.push(...more.filter((row) => row.source === source));
    }
  }
  const classes: ClassTexts[] = [];
  for (const [source, found] of byClass.entries()) {
    if (found.length < LEAST_SENTENCES) continue;
    const sure = found.filter(({ confidence }) => confidence >= CONFIDENT);
    const chosen = sure.length >= LEAST_SENTENCES ? sure : [...found].sort((a, b) => b.confidence - a.confidence).slice(0, Math.max(LEAST_SENTENCES, found.length >> 1));
    const short = [...chosen].sort((a, b) => a.ids.length - b.ids.length || b.confidence - a.confidence).slice(0, CARRIERS);
    const carriers = shuffled(short, random.fork(`carriers ${source}`)).map(({ ids }): Text => ({ parts: [ids], source }));
    const half = shuffled(chosen, random.fork(`halves ${source}`));
    const [tuning, proof] = [half.slice(0, half.length >> 1), half.slice(half.length >> 1)];
    const texts = { resisting: await longTexts(tuning, RESISTING, source, 'resisting', 2), tuning: await longTexts(tuning, TUNING, source, 'tuning'), proof: await longTexts(proof, PROOF, source, 'proof') };
    if (texts.tuning.length === 0 || texts.proof.length === 0) continue;
    const ladder: Text[][] = [];
    for (const sentences of LADDER) ladder.push(sentences === SENTENCES_TO_A_TEXT ? texts.proof : await longTexts(proof, RUNG, source, `ladder ${sentences}`, sentences));
    classes.push({ source, carriers, ...texts, ladder, invented: invented.has(source) });
  }
  return classes;

  async function score(texts: readonly (readonly number[])[]): Promise<Scored[]> {
    const logits = await model.scores({ kind: 'text', rows: texts }, signal);
    const winners = argmaxRows(logits, model.classes);
    const probabilities = softmaxRows(logits, model.classes);
    return texts.map((ids, row) => ({ ids, source: winners[row] ?? 0, confidence: probabilities[row * model.classes + (winners[row] ?? 0)] ?? 0 }));
  }

  /** Random strings of ordinary tokens: as varied as the vocabulary. */
  function inventRows(): number[][] {
    const tokens = ordinaryTokens(tokenizer, model.spec.vocabularySize);
    const draw = random.fork('invented');
    const length = (): number => 3 + draw.below(6);
    return tokens.length === 0 ? [] : Array.from({ length: 3000 }, () => Array.from({ length: Math.min(length(), longest) }, () => tokens[draw.below(tokens.length)] ?? 0));
  }

  /** Several sentences of one class each; those that the model still calls that class. */
  async function longTexts(sentences: readonly Scored[], count: number, source: number, label: string, sentencesToAText = SENTENCES_TO_A_TEXT): Promise<Text[]> {
    const draw = random.fork(`long ${label} ${source}`);
    const texts = Array.from({ length: 2 * count }, (): Text => {
      const picked = shuffled(sentences, draw).slice(0, sentencesToAText).map(({ ids }) => ids);
      while (picked.length > 1 && picked.reduce((sum, ids) => sum + ids.length, 0) > longest) picked.pop();
      return { parts: picked, source };
    });
    const kept = await score(texts.map(({ parts }) => parts.flat()));
    return texts.filter((_, row) => kept[row]?.source === source).slice(0, count);
  }
}

/** The text with `trigger` before part `at` (0 to parts.length). */
export function insert({ parts }: Text, trigger: readonly number[], at: number): number[] {
  return [...parts.slice(0, at).flat(), ...trigger, ...parts.slice(at).flat()];
}
