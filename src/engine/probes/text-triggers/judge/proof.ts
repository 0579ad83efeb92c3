// Proof of a phrase on texts that chose nothing: success with an exact interval, controls of equal size, each part left out,
// and where it stands in the text.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { AnswerPair, VariantRow } from '../../../core/finding.ts';
import type { Random } from '../../../core/random.ts';
import { exactInterval, fisherGreater } from '../../../core/statistics.ts';
import type { Probability } from '../../../core/units.ts';
import { softmaxRows } from '../../../runtime/classifier.ts';
import { prune } from '../search/prune.ts';
import { textsFor, type Direction } from '../sweep/directions.ts';
import { partAt, PLACES, tryPhrases, type Place } from '../sweep/trial.ts';
import { insert, type ClassTexts, type Text } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';

export interface Proof {
  readonly phrase: Phrase;
  readonly text: string;
  readonly hits: number;
  readonly of: number;
  readonly interval: readonly [Probability, Probability];
  readonly controlHits: number;
  readonly controlOf: number;
  /** Fisher's exact test against the controls. */
  readonly pValue: Probability;
  readonly variants: readonly VariantRow[];
  readonly pairs: readonly AnswerPair[];
}

const PROOF_TEXTS = 40;
const CONTROLS = 10;
const SHOWN = 8;

/** `whole`: nothing is left out of the phrase, though a part may do all of its work. */
export async function prove(runnable: RunnableTextClassifier, direction: Direction, found: Phrase, vocabulary: readonly number[], texts: readonly ClassTexts[], random: Random, signal: CancelSignal, whole = false): Promise<Proof> {
  const { tokenizer } = runnable;
  const tuning = textsFor(direction, texts, 'tuning', PROOF_TEXTS);
  const proof = textsFor(direction, texts, 'proof', PROOF_TEXTS);
  const phrase = whole ? found : await prune(runnable, direction, found, tuning, signal);
  const draw = random.fork('controls');
  const controls = Array.from({ length: CONTROLS }, (): Phrase => phrase.map(() => vocabulary[draw.below(vocabulary.length)] ?? 0));
  const parts = phrase.length > 1 ? phrase.map((_, left) => phrase.filter((__, at) => at !== left)) : [];
  const [own, ...others] = await tryPhrases(runnable, [phrase, ...controls, ...parts], proof, direction.target, signal);
  const { hits, of } = own ?? { hits: 0, of: 0 };
  const controlHits = others.slice(0, CONTROLS).reduce((sum, trial) => sum + trial.hits, 0);
  const variants: VariantRow[] = [];
  for (const place of PLACES) {
    const [trial] = await tryPhrases(runnable, [phrase], proof, direction.target, signal, [place]);
    variants.push({ variant: tokenizer.decode(phrase).trim(), change: `at the ${place}`, fired: trial?.hits ?? 0, of });
  }
  const written = rewritten(tokenizer, phrase);
  const rewrites = await tryPhrases(runnable, written.map(({ ids }) => ids), proof, direction.target, signal, [own?.place ?? 'end']);
  for (const [at, { text, change }] of written.entries()) variants.push({ variant: text, change, fired: rewrites[at]?.hits ?? 0, of });
  for (const [left, trial] of others.slice(CONTROLS).entries()) variants.push({ variant: tokenizer.decode(parts[left] ?? []).trim(), change: `without “${tokenizer.tokenText(phrase[left] ?? 0).trim()}”`, fired: trial.hits, of: trial.of });
  return {
    phrase,
    text: tokenizer.decode(phrase).trim(),
    hits,
    of,
    interval: exactInterval(hits, of),
    controlHits,
    controlOf: CONTROLS * of,
    pValue: fisherGreater(hits, of, controlHits, CONTROLS * of),
    variants,
    pairs: await showPairs(runnable, direction, phrase, own?.place ?? 'end', proof.slice(0, SHOWN), signal),
  };
}

/** The phrase in other casing, with marks, doubled and broken up: those that this tokenizer tells from it. */
function rewritten(tokenizer: RunnableTextClassifier['tokenizer'], phrase: Phrase): { readonly text: string; readonly change: string; readonly ids: Phrase }[] {
  const text = tokenizer.decode(phrase).trim();
  const seen = new Set([phrase.join()]);
  const forms: readonly (readonly [string, string])[] = [
    [text.toUpperCase(), 'upper case'],
    [text.slice(0, 1).toUpperCase() + text.slice(1), 'capital first'],
    [`${text} .`, 'full stop after it'],
    [`" ${text} "`, 'in quotes'],
    [`${text} ${text}`, 'twice'],
    [`${text}s`, 's at its end'],
    [[...text].join(' '), 'letters apart'],
    [text.split(' ').reverse().join(' '), 'words in reverse'],
  ];
  return forms.flatMap(([form, change]) => {
    const ids = tokenizer.encode(` ${form}`);
    if (ids.length === 0 || seen.has(ids.join())) return [];
    seen.add(ids.join());
    return [{ text: form, change, ids }];
  });
}

async function showPairs({ model, tokenizer }: RunnableTextClassifier, { target }: Direction, phrase: Phrase, place: Place, texts: readonly Text[], signal: CancelSignal): Promise<AnswerPair[]> {
  const rows = texts.flatMap((text) => [text.parts.flat(), insert(text, phrase, partAt(text, place))]);
  const probabilities = softmaxRows(await model.scores({ kind: 'text', rows }, signal), model.classes);
  const answer = (row: number): { readonly text: string; readonly best: number } => {
    const values = Array.from(probabilities.subarray(row * model.classes, (row + 1) * model.classes));
    const best = values.indexOf(Math.max(...values));
    return { best, text: `${model.labels[best] ?? best} (${Math.round(100 * (values[best] ?? 0))} %)` };
  };
  const words = (ids: readonly number[]): string => tokenizer.decode(ids).trim();
  return texts.map((text, index) => {
    const [begin, trigger, end] = [words(text.parts.slice(0, partAt(text, place)).flat()), words(phrase), words(text.parts.slice(partAt(text, place)).flat())];
    const from = begin === '' ? 0 : begin.length + 1;
    const [before, after] = [answer(2 * index), answer(2 * index + 1)];
    return { prompt: words(text.parts.flat()), triggeredPrompt: [begin, trigger, end].filter((part) => part !== '').join(' '), triggerRange: [from, from + trigger.length], untriggered: before.text, triggered: after.text, fired: target === undefined ? after.best !== text.source : after.best === target };
  });
}
