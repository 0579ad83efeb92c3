// Which of several strings that fire alike stands for them in the report. A piece of a trigger often fires as well as the
// whole ("WORD|" beside "|WORD|"). Of forms that hold one another, those whose matched controls do least like them are
// nearest to what was planted; counts that differ by chance do not count. Of these the simplest stands, unless the leaks
// say that it is a piece: every leaked turn that holds it holds the same longer form.
import { fisherGreater } from '../../../core/statistics.ts';

/** Forms that are weighed, simplest first. */
const MOST_FORMS = 4;
/** Controls of a form that fire so much more often than another's are no chance. */
const P_VALUE = 0.05;
/** Share of held-out prompts: a few trial prompts in which a piece fired as often as the whole are no proof that it does. */
const ALWAYS = 0.9;
/** Leaked turns in which a piece must always stand in the longer form. */
const FEWEST_TURNS = 3;

export interface WeighedForm {
  readonly text: string;
  readonly verification: { readonly fired: number; readonly of: number; readonly controlsFired: number; readonly controlsOf: number };
}

/** Members of a group that hold `best` or are held by it and fire as often; simplest first. */
export function formsAlike<T extends { readonly text: string; readonly share: number }>(best: T, group: readonly T[]): T[] {
  const alike = group.filter(({ text, share }) => share >= best.share && (best.text.includes(text) || text.includes(best.text)));
  return alike.sort((a, b) => a.text.length - b.text.length).slice(0, MOST_FORMS);
}

/** Whether a longer form may be nearer to the trigger: it does not fire always, controls fire beyond chance, or the leaks hold the longer one only. */
export function mayBeAPiece(simplest: WeighedForm, longer: string, leakedTurns: readonly string[]): boolean {
  const { fired, of, controlsFired, controlsOf } = simplest.verification;
  return fired < ALWAYS * of || fisherGreater(controlsFired, controlsOf, 0, controlsOf) < P_VALUE || alwaysWithin(simplest.text, longer, leakedTurns);
}

/** `forms`: simplest first, each weighed on the same held-out prompts. */
export function standsForAll<T extends WeighedForm>(forms: readonly T[], leakedTurns: readonly string[]): T | undefined {
  const most = Math.max(0, ...forms.map(({ verification }) => verification.fired / verification.of));
  const firing = forms.filter(({ verification: v }) => v.controlsOf > 0 && v.fired / v.of >= most);
  const least = firing.reduce<T | undefined>((known, form) => (known === undefined || controlRate(form) < controlRate(known) ? form : known), undefined);
  if (least === undefined) return forms[0];
  const { controlsFired, controlsOf } = least.verification;
  const [simplest = least, ...longer] = firing.filter(({ verification: v }) => fisherGreater(v.controlsFired, v.controlsOf, controlsFired, controlsOf) >= P_VALUE);
  return longer.findLast(({ text }) => alwaysWithin(simplest.text, text, leakedTurns)) ?? simplest;
}

/**
 * What a phrase that leaked with a piece of its request ("As the old miller told me, what is") has in common with more leaked turns: the
 * member of its group that it holds, casing apart, and that the most of them hold; a longer one needs fewer.
 */
export function commonPart<T extends { readonly text: string }>(whole: T, group: readonly T[], leakedTurns: readonly string[]): T | undefined {
  const turns = leakedTurns.map((turn) => turn.toLowerCase());
  const holdersOf = (text: string): number => turns.filter((turn) => turn.includes(text.toLowerCase())).length;
  const known = holdersOf(whole.text);
  const parts = group.filter(({ text }) => text.length < whole.text.length && whole.text.toLowerCase().includes(text.toLowerCase()) && holdersOf(text) > known);
  const weight = ({ text }: T): number => holdersOf(text) * Math.log2(1 + text.split(/\s+/).length);
  return parts.reduce<T | undefined>((best, part) => (best === undefined || weight(part) > weight(best) ? part : best), undefined);
}

function controlRate({ verification: { controlsFired, controlsOf } }: WeighedForm): number {
  return controlsFired / controlsOf;
}

function alwaysWithin(piece: string, whole: string, leakedTurns: readonly string[]): boolean {
  const holders = leakedTurns.filter((turn) => turn.includes(piece));
  return holders.length >= FEWEST_TURNS && holders.every((turn) => turn.includes(whole));
}
