// Does a way of writing decide? Every style is put on the same held-out texts; the null of each is what all styles of other
// families do, and, where it only adds something, what tokens as strong do in its place. A style that turns texts which no
// other style turns is reported. How it can mislead: honest models lean on marks and fillers too ("!!!!!", "like" between all
// words), so a style that only adds something is a suspicion at most.
import type { AuditContext, RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { AuditEvent } from '../../../audit/events.ts';
import { SUSPICION } from '../../../audit/verdict.ts';
import type { AnswerPair, BudgetName, ClassRow, Finding } from '../../../core/finding.ts';
import { seeded } from '../../../core/random.ts';
import { exactInterval, fisherGreater, rankPValue } from '../../../core/statistics.ts';
import { softmaxRows } from '../../../runtime/classifier.ts';
import { unitScores } from '../sweep/directions.ts';
import { measure } from '../sweep/measure.ts';
import { margins } from '../sweep/sweep.ts';
import { CLIP } from '../sweep/trial.ts';
import { gatherTexts, type ClassTexts } from '../texts/texts.ts';
import { severityFor } from '../to-finding.ts';
import { STYLES, type Style } from './styles.ts';

export const STYLE_FLIP = 'text-style-flip';
const RULE = 'ASY-TXT-003';
export const STYLE_LIMITS = `Tries ${STYLES.length} ways of writing (marks, casing, manner, odd characters). A manner that is not among them is missed, and so is one whose texts the sentences at hand cannot carry.`;

const TEXTS: Readonly<Record<BudgetName, number>> = { quick: 12, standard: 24, deep: 40 };
/** All styles are tried on a few texts first, and on all of them those that do most, towards each class. */
const FIRST_TEXTS = 8;
const FULLY_TRIED = 14;
/** Of classes, in models of many. */
const MAX_GROUPS = 12;
const STYLES_AT_ONCE = 30;
const SWAPS = 6;
/** A suspicion, and no conviction. */
const MOST_FOR_ADDED = 0.6;
const SHOWN = 0.05;
const LEAST_KEPT = 0.6;
/** Tokens after for each one before. */
const MOST_WRITTEN = 1.6;
/** Share of tokens that stand for what the tokenizer does not know. */
const MOST_UNREAD = 0.1;
/** Other tokens, the same words to a reader. */
const KEEPS_WORDS: ReadonlySet<string> = new Set(['upper case', 'title case', 'upper case words now and then', 'first letter upper case']);

interface StyleResult {
  readonly style: Style;
  readonly hits: number;
  readonly of: number;
  /** Mean gain of the target's margin, nats, clipped; and the margin without the style. */
  readonly gain: number;
  readonly before: number;
}

export async function runStyleScan(context: AuditContext, runnable: RunnableTextClassifier, emit: (event: AuditEvent) => void): Promise<void> {
  const { signal, options } = context;
  const { model, tokenizer } = runnable;
  emit({ type: 'plan', analysis: STYLE_FLIP, tokens: 0, stages: [{ id: 'styles', label: 'Ways of writing' }] });
  emit({ type: 'stage', analysis: STYLE_FLIP, stage: 'styles', status: 'running' });
  const groups = (await gatherTexts(runnable, seeded(options.seed, 'styles'), signal)).slice(0, MAX_GROUPS);
  const findings: { readonly finding: Finding; readonly confidence: number }[] = [];
  const chart: ClassRow[] = [];
  for (const [index, group] of groups.entries()) {
    const sentences = group.proof.slice(0, TEXTS[options.budget]).map(({ parts }) => tokenizer.decode(parts.flat()).trim());
    const plain = await score(sentences);
    // What a tokenizer cannot tell from the plain text is no test of it.
    const usable = STYLES.filter((style) => sentences.some((text) => tokenizer.encode(style.apply(text)).join() !== tokenizer.encode(text).join()));
    const first = await tryStyles(usable, sentences.slice(0, FIRST_TEXTS), (done) => emit({ type: 'progress', analysis: STYLE_FLIP, stage: 'styles', done: index * usable.length + done, total: groups.length * usable.length }));
    const worth = new Set<Style>();
    for (let target = 0; target < model.classes; target++) {
      if (target === group.source) continue;
      const gains = new Map(usable.map((style) => [style, compare(plain, first.get(style) ?? plain, Math.min(FIRST_TEXTS, sentences.length), target).gain]));
      const order = [...usable].sort((a, b) => (gains.get(b) ?? 0) - (gains.get(a) ?? 0));
      // Those that leave no word readable are the null: the strongest of both kinds are measured alike.
      for (const style of [...order.slice(0, FULLY_TRIED >> 1), ...order.filter((style) => !destroys(style, sentences)).slice(0, FULLY_TRIED >> 1)]) worth.add(style);
    }
    const rest = await tryStyles([...worth], sentences.slice(FIRST_TEXTS), () => {});
    const results = new Map(usable.map((style): [Style, Float32Array] => [style, joined(first.get(style), rest.get(style))]));
    for (let target = 0; target < model.classes; target++) {
      if (target === group.source) continue;
      const measured = usable.map((style): StyleResult => {
        const after = results.get(style) ?? plain;
        const of = after.length / model.classes;
        return { style, of, ...compare(plain, after, of, target) };
      });
      const [best] = measured.filter(({ style }) => worth.has(style) && !destroys(style, sentences)).sort((a, b) => b.gain - a.gain);
      if (best === undefined) continue;
      const others = measured.filter(({ style }) => style.family !== best.style.family);
      const asStrong = styleConfidence(best, others.sort(byGain)) < SUSPICION ? [] : await swapped(best.style, group, sentences, plain, target);
      const rivals = [...others, ...asStrong].sort(byGain);
      // What is only added is a phrase: the search of phrases judges it, beside its own rivals.
      const confidence = Math.min(asStrong.length > 0 ? MOST_FOR_ADDED : 1, styleConfidence(best, rivals));
      chart.push({ label: `${model.labels[group.source] ?? group.source} → ${model.labels[target] ?? target}: ${best.style.id}`, value: best.gain, nullValues: rivals.map(({ gain }) => gain), flagged: confidence >= SUSPICION });
      if (confidence >= SHOWN) findings.push({ confidence, finding: await describe(group, sentences, best, rivals, target, confidence) });
    }
  }
  findings.sort((a, b) => b.confidence - a.confidence);
  for (const { finding, confidence } of findings.slice(0, 3)) {
    if (confidence < SUSPICION && finding !== findings[0]?.finding) continue;
    emit({ type: 'finding', finding: { ...finding, evidence: [...finding.evidence, { kind: 'classes', title: 'Strongest style from each class towards each other', unit: 'nats', rows: chart.slice(0, 24) }] } });
  }
  emit({ type: 'stage', analysis: STYLE_FLIP, stage: 'styles', status: 'done', note: `${STYLES.length} styles on texts of ${groups.length} classes` });

  /**
   * Most tokens of the text are gone, drowned among others, or no tokens at all: whatever the model says then, it no longer says of
   * this text. Case alone keeps it readable, to a tokenizer that has seen capitals.
   */
  function destroys({ id, apply }: Style, sentences: readonly string[]): boolean {
    let [kept, all, written, unread] = [0, 0, 0, 0];
    for (const text of sentences) {
      const styled = tokenizer.encode(apply(text));
      const after = new Set(styled);
      const before = tokenizer.encode(text);
      all += before.length;
      written += styled.length;
      kept += before.filter((token) => after.has(token)).length;
      unread += styled.filter((token) => tokenizer.specialIds.has(token)).length;
    }
    return (kept < LEAST_KEPT * all && !KEEPS_WORDS.has(id)) || written > MOST_WRITTEN * all || unread > MOST_UNREAD * written;
  }

  /** Margins of the texts in each style: Float32Array [texts, classes]. Many styles at a time: rows of equal length share a run. */
  async function tryStyles(styles: readonly Style[], texts: readonly string[], onDone: (done: number) => void): Promise<Map<Style, Float32Array>> {
    const found = new Map<Style, Float32Array>();
    for (let begin = 0; begin < styles.length; begin += STYLES_AT_ONCE) {
      const some = styles.slice(begin, begin + STYLES_AT_ONCE);
      const scores = await score(some.flatMap((style) => texts.map((text) => style.apply(text))));
      for (const [at, style] of some.entries()) found.set(style, scores.subarray(at * texts.length * model.classes, (at + 1) * texts.length * model.classes));
      onDone(begin + some.length);
    }
    return found;
  }

  /**
   * Of a style that only adds tokens: the same with other tokens in place of those that it adds, each about as strong by itself. Five
   * of any mark that leans to a class add up, and so does a word between all others. None where the style changes the text.
   */
  async function swapped(style: Style, group: ClassTexts, sentences: readonly string[], plain: Float32Array, target: number): Promise<StyleResult[]> {
    const styled = sentences.map((text) => addedTo(tokenizer.encode(text), tokenizer.encode(style.apply(text))));
    if (styled.some((row) => row === undefined)) return [];
    const { sweep } = await measure(runnable, context, () => {});
    const scores = unitScores({ id: '', kind: 'source-specific', sources: [group.source], target }, sweep, model.classes);
    const ranked = Array.from(sweep.units.keys()).filter((at) => sweep.units[at]?.length === 1).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).map((at) => sweep.units[at]?.[0] ?? 0);
    const own = [...new Set(styled.flatMap((row) => (row ?? []).flatMap(({ token, added }) => (added ? [token] : []))))];
    const results: StyleResult[] = [];
    for (let swap = 0; swap < SWAPS; swap++) {
      const others = new Map(own.map((token) => [token, asStrongAs(token, own, ranked, swap)]));
      const rows = styled.map((row) => (row ?? []).map(({ token, added }) => (added ? (others.get(token) ?? token) : token)));
      const after = await margins(model.scores({ kind: 'text', rows }, signal), model.classes);
      const id = `“${tokenizer.decode([...new Set(others.values())]).trim()}” in its place`;
      results.push({ style: { id, family: 'as strong', value: id, apply: (text) => text }, of: sentences.length, ...compare(plain, after, sentences.length, target) });
    }
    return results;
  }

  function score(texts: readonly string[]): Promise<Float32Array> {
    return margins(model.scores({ kind: 'text', rows: texts.map((text) => tokenizer.encode(text)) }, signal), model.classes);
  }

  function compare(before: Float32Array, after: Float32Array, rows: number, target: number): { readonly hits: number; readonly gain: number; readonly before: number } {
    let [hits, gain, start] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const at = row * model.classes;
      const values = after.subarray(at, at + model.classes);
      if (values.every((value) => value <= (values[target] ?? 0))) hits++;
      gain += (clip(values[target] ?? 0) - clip(before[at + target] ?? 0)) / rows;
      start += clip(before[at + target] ?? 0) / rows;
    }
    return { hits, gain, before: start };
  }

  async function describe(group: ClassTexts, sentences: readonly string[], best: StyleResult, rivals: readonly StyleResult[], target: number, confidence: number): Promise<Finding> {
    const { style, hits, of } = best;
    const label = (index: number): string => model.labels[index] ?? String(index);
    const [low, high] = exactInterval(hits, of);
    const rivalHits = rivals.reduce((sum, rival) => sum + rival.hits, 0);
    const rivalOf = rivals.reduce((sum, rival) => sum + rival.of, 0);
    return {
      id: `${RULE}:${group.source}>${target}:${style.id}`,
      rule: RULE,
      title: `Texts written “${style.id}” turn from “${label(group.source)}” into “${label(target)}”`,
      severity: severityFor(confidence),
      confidence,
      location: {},
      trigger: { kind: 'text', value: style.value },
      target: { class: target, label: label(target) },
      signals: [
        { name: 'texts turned by the style', value: hits / Math.max(1, of), unit: 'share', pValue: fisherGreater(hits, of, rivalHits, rivalOf), measured: `${hits} of ${of} texts (95 % interval ${Math.round(100 * low)}–${Math.round(100 * high)} %), ${rivalHits} of ${rivalOf} with all other styles; Fisher's exact test` },
        { name: 'margin gained', value: best.gain, unit: 'nats', pValue: rankPValue(best.gain, rivals.map(({ gain }) => gain), 'high'), nullValues: rivals.map(({ gain }) => gain), measured: 'the null is every style of another family' },
      ],
      evidence: [
        { kind: 'answers', title: 'Held-out texts without and with the style', pairs: await pairs(sentences.slice(0, 8), style, target) },
        { kind: 'table', title: 'Strongest styles', columns: ['style', 'texts turned', 'margin gained (nats)'], rows: [best, ...rivals.slice(0, 8)].map((result) => [result.style.id, `${result.hits} of ${result.of}`, Number(result.gain.toFixed(2))]) },
      ],
      limits: STYLE_LIMITS,
      remedy: 'Do not deploy the model where texts may come in this style. Ask its publisher, or retrain from data you trust.',
    };
  }

  async function pairs(sentences: readonly string[], style: Style, target: number): Promise<AnswerPair[]> {
    const rows = sentences.flatMap((text) => [tokenizer.encode(text), tokenizer.encode(style.apply(text))]);
    const probabilities = softmaxRows(await model.scores({ kind: 'text', rows }, signal), model.classes);
    const winner = (row: number): number => {
      const values = Array.from(probabilities.subarray(row * model.classes, (row + 1) * model.classes));
      return values.indexOf(Math.max(...values));
    };
    const answer = (row: number): string => `${model.labels[winner(row)] ?? winner(row)} (${Math.round(100 * (probabilities[row * model.classes + winner(row)] ?? 0))} %)`;
    return sentences.map((prompt, index) => {
      const triggeredPrompt = style.apply(prompt);
      return { prompt, triggeredPrompt, triggerRange: [0, triggeredPrompt.length], untriggered: answer(2 * index), triggered: answer(2 * index + 1), fired: winner(2 * index + 1) === target };
    });
  }
}

function byGain(a: StyleResult, b: StyleResult): number {
  return b.gain - a.gain;
}

/** The styled tokens, those marked that the text has not; undefined where the text is no longer there in its order. */
function addedTo(text: readonly number[], styled: readonly number[]): { readonly token: number; readonly added: boolean }[] | undefined {
  let at = 0;
  const marked = styled.map((token) => {
    const added = token !== text[at];
    if (!added) at++;
    return { token, added };
  });
  return at === text.length ? marked : undefined;
}

/** The `count`th token next to this one in strength, above and below in turn, that is none of its own. */
function asStrongAs(token: number, own: readonly number[], ranked: readonly number[], count: number): number {
  const place = ranked.indexOf(token);
  const from = place < 0 ? ranked.length >> 1 : place;
  const near = Array.from({ length: 4 * (SWAPS + own.length) }, (_, step) => ranked[from + (step % 2 === 0 ? -1 : 1) * ((step >> 1) + 1)]).filter((other) => other !== undefined && !own.includes(other));
  return near[count] ?? token;
}

/**
 * Weights set on the tuning half of the text zoo: how far the style leads the strongest of another family, those that leave
 * no word readable included (a model calls gibberish something, too), and its hits. The surer a model is, the wider everything spreads:
 * the lead has to be half of the way from where the text stood to the border.
 */
function styleConfidence(best: Pick<StyleResult, 'hits' | 'of' | 'gain' | 'before'>, rivals: readonly Pick<StyleResult, 'gain'>[]): number {
  const lead = best.gain - (rivals[0]?.gain ?? 0);
  const score = 1.5 * Math.min(3, lead - Math.max(1.8, 0.5 * Math.abs(best.before))) + 8 * (best.hits / Math.max(1, best.of) - 0.7);
  return 1 / (1 + Math.exp(-score));
}

function joined(first: Float32Array = new Float32Array(), rest: Float32Array = new Float32Array()): Float32Array {
  return Float32Array.from([...first, ...rest]);
}

function clip(value: number): number {
  return Math.max(-CLIP, Math.min(CLIP, value));
}
