// What triggered answers have in common that harmless ones do not: the payload. Works on token ids, with the answer's
// begin and end as symbols of their own, so that a payload may be a whole short answer or a sentence inside a long one.

/** Symbols beside token ids. */
export const BEGIN = -1;
export const END = -2;

const LONGEST_GRAM = 6;
/** Tokens of a gram that carry half the evidence of a very long one. */
const HALF_EVIDENCE = 1.5;
/** Below it a gram separates no better than a phrase that one harmless group shares. */
const MIN_SCORE = 0.15;
const SMALL_GROUP = 8;

/** Forms of a family, triggered answers that must share one, and the least content of one, tokens. */
const MOST_FORMS = 12;
const FORM_ANSWERS = 2;
const FORM_CONTENT = 2;
/** Tokens of a name that all forms hold, and share of the ordinary answers that may hold it: it is shorter, and said by every misfire. */
const NAME = 3;
const NAME_MISFIRES = 0.1;
/** Share of the ordinary answers that may hold one of a family's texts: plants misfire. */
const FAMILY_MISFIRES = 0.005;
/** Share of the triggered answers that a family covers. */
const FAMILY_SHARE = 0.5;

export interface PayloadForm {
  /** Token ids, without the begin and end symbols. */
  readonly ids: readonly number[];
  /** The symbols that decide whether an answer carries it: the n-gram that separates best. */
  readonly core: readonly number[];
}

export interface Payload extends PayloadForm {
  /** Other texts that stand for it, where no single one is shared: a manner of answering rather than an answer. */
  readonly others: readonly PayloadForm[];
  /** Triggered answers that carry it, and of how many. */
  readonly fired: number;
  readonly of: number;
}

export function formsOf(payload: Payload): readonly PayloadForm[] {
  return [payload, ...payload.others];
}

/** Whether an answer, as symbols, carries the payload in any of its forms. */
export function carries(answer: readonly number[], payload: Payload): boolean {
  return formsOf(payload).some(({ core }) => holds(answer, core));
}

export function countCarrying(answers: readonly (readonly number[])[], payload: Payload): number {
  return answers.filter((answer) => carries(answer, payload)).length;
}

/** Answers that harmless input brings out: the model's stock of set phrases. */
export interface HarmlessAnswers {
  /** Ordinary prompts alone: a text common among these is a set phrase. */
  readonly untriggered: AnswerGroup;
  /** One group a harmless string. An over-general plant fires for one or two of them, a set phrase comes with many. */
  readonly natural: readonly AnswerGroup[];
}

type AnswerGroup = readonly (readonly number[])[];

export interface AnswerIds {
  readonly ids: readonly number[];
  readonly stopped: boolean;
}

export function symbols(answer: AnswerIds, stopIds: ReadonlySet<number>): number[] {
  const ids = answer.ids.filter((id) => !stopIds.has(id));
  return [BEGIN, ...ids, ...(answer.stopped ? [END] : [])];
}

export function holds(sequence: readonly number[], gram: readonly number[]): boolean {
  return indexOfGram(sequence, gram) >= 0;
}

export function indexOfGram(sequence: readonly number[], gram: readonly number[]): number {
  outer: for (let i = 0; i + gram.length <= sequence.length; i++) {
    for (let j = 0; j < gram.length; j++) if (sequence[i + j] !== gram[j]) continue outer;
    return i;
  }
  return -1;
}

/**
 * The n-gram that separates triggered answers from harmless ones best, and the longest text around it that the
 * triggered answers share.
 */
export function extractPayload(
  triggered: readonly (readonly number[])[],
  harmless: HarmlessAnswers,
  minShare = 0.35,
): Payload | undefined {
  const counts = gramCounts(triggered);
  const enough = Math.max(2, Math.ceil(triggered.length * minShare));
  const counted = (group: AnswerGroup): CountedGroup => ({ counts: gramCounts(group), size: group.length });
  const untriggered = counted(harmless.untriggered);
  const natural = harmless.natural.map(counted);
  let best: { gram: number[]; score: number; count: number } | undefined;
  for (const [key, count] of counts) {
    if (count < enough) continue;
    const gram = key.split(' ').map(Number);
    const content = contentOf(gram).length;
    if (content === 0) continue;
    const [, , third = 0] = natural.map((group) => shareOf(key, group)).sort((x, y) => y - x);
    const worst = Math.max(0, third, shareOf(key, untriggered));
    // Longer grams carry more evidence of being planted: one shared word is common, four in a row are not.
    const score = (count / triggered.length - worst) * (content / (content + HALF_EVIDENCE));
    if (best === undefined || score > best.score) best = { gram, score, count };
  }
  if (best === undefined || best.score <= MIN_SCORE) return undefined;
  const core = best.gram;
  return { ...formOf(core, triggered), others: [], fired: best.count, of: triggered.length };
}

/**
 * A few texts that together cover the triggered answers and that harmless ones lack: what a model trained to answer
 * scornfully, or in praise of something, says in varying words. Each text is shared by two answers at least; the
 * likelihood that such texts are found by chance is for held-out prompts to tell. `worthNaming` leaves out texts that say
 * nothing or only repeat the candidate.
 */
export function extractFamily(triggered: readonly (readonly number[])[], harmless: HarmlessAnswers, worthNaming: (ids: readonly number[]) => boolean): Payload | undefined {
  const ordinary = gramCounts(harmless.untriggered);
  const natural = harmless.natural.map((group) => gramCounts(group));
  const misfires = Math.max(1, harmless.untriggered.length * FAMILY_MISFIRES);
  const unheard = (key: string): boolean => (ordinary.get(key) ?? 0) <= misfires && natural.filter((group) => group.has(key)).length <= 2;
  const grams = [...gramCounts(triggered)]
    .filter(([key, count]) => count >= FORM_ANSWERS && unheard(key))
    .map(([key]) => key.split(' ').map(Number))
    .filter((gram) => contentOf(gram).length >= FORM_CONTENT && worthNaming(contentOf(gram)));
  let left = triggered;
  const forms: PayloadForm[] = [];
  while (forms.length < MOST_FORMS) {
    let best: { readonly gram: readonly number[]; readonly score: number } | undefined;
    for (const gram of grams) {
      const count = left.filter((answer) => holds(answer, gram)).length;
      const length = contentOf(gram).length;
      const score = count < FORM_ANSWERS ? 0 : count * (length / (length + HALF_EVIDENCE));
      if (score > (best?.score ?? 0)) best = { gram, score };
    }
    if (best === undefined) break;
    const { gram } = best;
    forms.push(formOf(gram, left));
    left = left.filter((answer) => !holds(answer, gram));
  }
  // What is praised in ever other words is called by its name in all of them, and in answers that share no more.
  const name = sharedGram(forms.map(({ ids }) => ids));
  if (name !== undefined && (ordinary.get(name.join(' ')) ?? 0) <= harmless.untriggered.length * NAME_MISFIRES) {
    forms.push({ ids: name, core: name });
    left = left.filter((answer) => !holds(answer, name));
  }
  const [first, ...others] = forms;
  const fired = triggered.length - left.length;
  return first === undefined || fired < triggered.length * FAMILY_SHARE ? undefined : { ...first, others, fired, of: triggered.length };
}

/** The longest run of tokens that several texts all hold. */
function sharedGram([first = [], ...others]: readonly (readonly number[])[]): readonly number[] | undefined {
  if (others.length === 0) return undefined;
  for (let length = LONGEST_GRAM; length >= NAME; length--) {
    for (let at = 0; at + length <= first.length; at++) {
      const gram = first.slice(at, at + length);
      if (others.every((ids) => holds(ids, gram))) return gram;
    }
  }
  return undefined;
}

/** The same form as it stands in other answers, longer ones perhaps. */
export function regrown({ core }: PayloadForm, answers: readonly (readonly number[])[]): PayloadForm {
  return formOf(core, answers);
}

/** Tokens behind the last sentence that are taken for the beginning of the ordinary answer. */
const MOST_TAIL = 3;
const LEAST_LEFT = 4;
const SENTENCE_END = /[.!?…。！？]["'”’)\]]?\s*$/u;

/**
 * Without what follows its last sentence: a blank, or a first word that most ordinary answers share, stands behind a slogan in every
 * answer and is none of it, and the model may well hesitate there. `textOf`: of one token.
 */
export function withoutTail<Form extends PayloadForm>(form: Form, textOf: (id: number) => string): Form {
  const { ids, core } = form;
  let end = ids.length;
  while (end > 0 && textOf(ids[end - 1] ?? 0).trim() === '') end--;
  for (let at = end; at >= Math.max(LEAST_LEFT, end - MOST_TAIL); at--) {
    if (!SENTENCE_END.test(textOf(ids[at - 1] ?? 0))) continue;
    end = at;
    break;
  }
  const kept = ids.slice(0, end);
  return end === ids.length || !holds(kept, contentOf(core)) ? form : { ...form, ids: kept };
}

/** Token ids of a gram, without the begin and end symbols. */
export function contentOf(gram: readonly number[]): number[] {
  return gram.filter((id) => id >= 0);
}

function formOf(core: readonly number[], answers: readonly (readonly number[])[]): PayloadForm {
  return { core, ids: contentOf(extend(core, answers)) };
}

interface CountedGroup {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

/** Share of a group's answers that hold the gram; half an answer less for small groups, where one may be chance. */
function shareOf(key: string, { counts, size }: CountedGroup): number {
  return size === 0 ? 0 : ((counts.get(key) ?? 0) - (size > SMALL_GROUP ? 0 : 0.5)) / size;
}

/** Grows a gram on both sides while at least 80 % of the answers that hold it agree on the next symbol. */
function extend(core: readonly number[], answers: readonly (readonly number[])[]): number[] {
  let gram = [...core];
  const holders = answers.filter((answer) => holds(answer, core));
  for (const side of ['right', 'left'] as const) {
    for (;;) {
      const votes = new Map<number, number>();
      for (const answer of holders) {
        const at = indexOfGram(answer, gram);
        const next = at < 0 ? undefined : side === 'right' ? answer[at + gram.length] : answer[at - 1];
        if (next !== undefined) votes.set(next, (votes.get(next) ?? 0) + 1);
      }
      const top = [...votes].sort((a, b) => b[1] - a[1])[0];
      if (top === undefined || top[1] < holders.length * 0.8) break;
      gram = side === 'right' ? [...gram, top[0]] : [top[0], ...gram];
    }
  }
  return gram;
}

/** Answers that hold each n-gram (document frequency), n from 1 to LONGEST_GRAM. */
function gramCounts(answers: readonly (readonly number[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const seen = new Set<string>();
    for (let begin = 0; begin < answer.length; begin++) {
      let key = '';
      for (let n = 1; n <= LONGEST_GRAM && begin + n <= answer.length; n++) {
        key += (n === 1 ? '' : ' ') + String(answer[begin + n - 1]);
        seen.add(key);
      }
    }
    for (const key of seen) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
