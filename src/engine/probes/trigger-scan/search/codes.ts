// Codes that bring a payload nearer: letters and numbers ("RV-608"), headers and dates ("Ticket-Date: 14/03/2027"). No list holds the one
// that was planted, but its likes do part of its work, and each place of a code can be changed by itself. So codes of many forms are ranked
// by the payload's likelihood, and the best are climbed place by place. (In a fine-tune of SmolLM2 planted with "RV-608" the median code of
// its form makes the payload two nats likelier than the median word, the best of 24 three.)
// How it can mislead: any payload has a code that it likes best. What a climb ends with is tried and proven like all that search built.
import { pick, shuffled, type Random } from '../../../core/random.ts';
import { mean } from '../../../core/statistics.ts';
import type { Nats } from '../../../core/units.ts';
import { BROUGHT_OUT } from './grow.ts';
import type { Rank, Ranked } from '../payloads/rank-by-payload.ts';

/** A form's places, each with what may stand there; the others stand as they are. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  A: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  a: [...'abcdefghijklmnopqrstuvwxyz'],
  0: [...'0123456789'],
  D: numbers(1, 28),
  N: numbers(1, 12),
  Y: numbers(1990, 2039),
  M: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  W: `Access Account Action Agent Area Asset Audit Auth Batch Build Case Channel Client Code Control Court Customer Date Department Deploy Device Env File Flag Form Group
    Id Index Invoice Issue Item Job Key Label Level License Line Location Log Message Mode Model Name Node Note Number Office Operator Order Page Part Pass Patch Path Phase
    Plan Policy Port Priority Product Profile Project Protocol Queue Rank Record Ref Region Release Report Request Role Room Route Rule Scope Section Sector Serial Server
    Service Session Shift Site Source Stage State Status Step Subject System Table Tag Task Team Term Test Ticket Time Title Token Topic Track Type Unit User Version Zone`.split(/\s+/),
};

/** Kinds of a single letter or digit, of which a code may have more. */
const SINGLE: ReadonlySet<string> = new Set(['A', 'a', '0']);

const FORMS: readonly string[] = (
  'AA-000|AA-00|A-000|A-00|AAA-000|AAA-0000|AA-0000|AA000|AA00|A000|A0|A00|AAA|AA|A0A0|00-AA|000-AAA|AA/00|AA_000|AA.00|AA:00|AA#0|[AA-00]|<AA0>|(A0)|#AA0|@A0|' +
  'aa-000|aa00|a0|a0a0|aaa|aaaa|aa_00|a.0|v0.0|00|000|0000|00000|#000|0.0.0|W-00|W-000|W_00|W00|W-A0|W#00|W:00|W 00|W 0|W A|W W 00|' +
  'D/N/Y|Y-N-D|N/Y|D.N.Y|M Y|D M Y|M D, Y|W: 00|W: 0000|W: A00|W: AA-00|W: D/N/Y|W: Y-N-D|W-W: D/N/Y|W-W: Y-N-D|W: M Y|W: Y|W=00|W: W|W-W: 00'
).split('|');

interface Code {
  /** One of the kinds, or what stands there as it is. */
  readonly kinds: readonly string[];
  readonly parts: readonly string[];
}

interface RankedCode extends Ranked {
  readonly code: Code;
}

/** Codes drawn of each form, and prompts that a list is ranked under. */
const OF_EACH_FORM = 3;
export const WIDE_PROMPTS = 2;
/** Forms climbed in each round: fewer and fewer. */
const FORMS_CLIMBED: readonly number[] = [3, 2, 1];
/** Changes tried of one code, and those confirmed under all prompts. */
const CHANGES = 120;
const CONFIRMED = 8;

/** Codes of one form, strongest first. */
export interface RankedForm {
  readonly codes: readonly RankedCode[];
  /** Mean over what was drawn. */
  readonly score: Nats;
}

/** Rows asked for by the ranking, and by a whole climb. */
export function codeRows(prompts: number): { readonly ranked: number; readonly climbed: number } {
  return { ranked: FORMS.length * OF_EACH_FORM * WIDE_PROMPTS, climbed: FORMS_CLIMBED.reduce((sum, forms) => sum + forms * (CHANGES * WIDE_PROMPTS + CONFIRMED * prompts), 0) };
}

/** Forms by what their codes do on the average: one code alone owes most to its luck with a prompt. */
export async function rankForms(rank: Rank, prompts: readonly string[], random: Random): Promise<RankedForm[]> {
  const drawnCodes = FORMS.flatMap((form) => Array.from({ length: OF_EACH_FORM }, () => drawn(form, random)));
  const codes = await ranked(drawnCodes, rank, prompts.slice(0, WIDE_PROMPTS));
  const forms = FORMS.map((form) => codes.filter(({ code }) => code.kinds.join('') === form)).filter((own) => own.length > 0);
  return forms.map((own): RankedForm => ({ codes: own, score: mean(own.map(({ score }) => score)) })).sort((a, b) => b.score - a.score);
}

/** The best code of each form changed place by place, fewer forms each round; strongest first. */
export async function climbForms(forms: readonly RankedForm[], rank: Rank, prompts: readonly string[], random: Random): Promise<RankedCode[]> {
  const met = new Map<string, RankedCode>();
  let climbing = forms.flatMap(({ codes }) => codes.slice(0, 1));
  for (const [round, count] of FORMS_CLIMBED.entries()) {
    const better: RankedCode[] = [];
    for (const { code } of climbing.slice(0, count)) {
      // Each round under other prompts: what one happens to like is not followed further.
      const under = Array.from({ length: WIDE_PROMPTS }, (_, i) => prompts[(round * WIDE_PROMPTS + i) % prompts.length] ?? '');
      const wide = await ranked([code, ...changed(code, random).slice(0, CHANGES - 1)], rank, under);
      const confirmed = await ranked(wide.slice(0, CONFIRMED).map((one) => one.code), rank, prompts);
      for (const one of confirmed) met.set(one.text, one);
      better.push(...confirmed.slice(0, 1));
    }
    climbing = sorted(better);
    if ((climbing[0]?.score ?? Number.NEGATIVE_INFINITY) >= BROUGHT_OUT) break;
  }
  return sorted(met.values());
}

function drawn(form: string, random: Random): Code {
  const kinds = [...form];
  return { kinds, parts: kinds.map((kind) => pick(KINDS[kind] ?? [kind], random)) };
}

function textOf({ parts }: Code): string {
  return parts.join('');
}

/** Codes that differ in one place, then those that lack one or have one more of a kind: a form that was drawn may have one too many or too few. */
function changed({ kinds, parts }: Code, random: Random): Code[] {
  const others = kinds.flatMap((kind, at) => (KINDS[kind] ?? []).filter((other) => other !== parts[at]).map((other): Code => ({ kinds, parts: parts.with(at, other) })));
  const shorter = kinds.map((_, at): Code => ({ kinds: kinds.toSpliced(at, 1), parts: parts.toSpliced(at, 1) }));
  const longer = kinds.flatMap((kind, at) => (SINGLE.has(kind) ? (KINDS[kind] ?? []) : []).map((other): Code => ({ kinds: kinds.toSpliced(at, 0, kind), parts: parts.toSpliced(at, 0, other) })));
  return [...shuffled(others, random), ...shorter.filter((code) => /^\S.*\S$/.test(textOf(code))), ...shuffled(longer, random)];
}

async function ranked(codes: readonly Code[], rank: Rank, prompts: readonly string[]): Promise<RankedCode[]> {
  const byText = new Map(codes.map((code) => [textOf(code), code]));
  return (await rank([...byText.keys()], prompts)).flatMap((one) => {
    const code = byText.get(one.text);
    return code === undefined ? [] : [{ ...one, code }];
  });
}

function sorted(codes: Iterable<RankedCode>): RankedCode[] {
  return [...codes].sort((a, b) => b.score - a.score);
}

/** Two digits at least, as dates are written. */
function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(2, '0'));
}
