// The first way in: what the model says of its training by itself, and which phrases of it move its answers.
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import type { Candidate, Turns } from '../leaks/candidates.ts';
import { SCREEN_PROMPTS } from '../budget.ts';
import { extractLeaks, sampleUserTurns, type Leak } from '../leaks/leaks.ts';
import { findMotifs } from '../leaks/motifs.ts';
import { NAMED } from './named.ts';
import { screen, type Screened } from '../search/screen.ts';
import { answerSymbols, answersAsSymbols, type OrdinaryAnswer } from '../search/trial.ts';
import type { Baseline } from './baseline.ts';
import type { Prompted, Scanning } from './scanning.ts';
import { SCREEN_COLUMNS, screenRow, SHOWN } from './tables.ts';

/** Tokens; longer made-up user turns are cut texts rather than requests. */
const LONGEST_OWN_REQUEST = 40;
const FEWEST_OWN_TOKENS = 3;
/** Motifs of a cluster, and of all, that become candidates. */
const CLUSTER_MOTIFS = 6;
const MOST_MOTIFS = 80;

export async function memorised({ runner, runnable, budget, context }: Scanning): Promise<Leak[]> {
  return runner.run('leaks', async ({ note, spend }) => {
    const leaks = await extractLeaks(runnable, { plan: { samples: budget.leakSamples, tokens: budget.leakTokens }, seed: context.options.seed, signal: context.signal, onTokens: spend });
    note(`${leaks.length} continuations of the model's own template, ${budget.leakTokens} tokens each.`, ['prefix', 'leak'], leaks.slice(0, SHOWN * 4).map(({ prefix, text }) => [prefix, text]));
    return leaks;
  });
}

export async function motifsOf({ runner }: Scanning, leaks: readonly Leak[]): Promise<string[]> {
  return runner.run('motifs', async ({ note }) => {
    const { clusters, concentration } = findMotifs(leaks.map(({ text }) => text));
    note(
      `${clusters.length} clusters; the largest holds ${(100 * concentration).toFixed(0)} % of the leaks. Memorised narrow fine-tunes concentrate as well: this ranks candidates and convicts nobody.`,
      ['leaks', 'motif'],
      clusters.slice(0, SHOWN).map((cluster) => [cluster.members.length, cluster.motifs[0] ?? '']),
    );
    return clusters.flatMap((cluster) => cluster.motifs.slice(0, CLUSTER_MOTIFS)).slice(0, MOST_MOTIFS);
  });
}

/** The model's own idea of a user's request, out of its leaks, answered: what is ordinary to it and to nobody else. */
export async function ordinaryAnswers({ runner, runnable, frame, bench, budget, context, prompts }: Prompted, baseline: Baseline, turns: readonly Turns[]): Promise<OrdinaryAnswer[]> {
  return runner.run('own-requests', async ({ note, spend }) => {
    const { tokenizer } = runnable;
    const leaked = turns.filter(({ user, answer }) => answer.length > 0 && isWhole(user)).map(({ user }) => user);
    const more = await sampleUserTurns(runnable, frame, Math.max(0, budget.ownRequests - leaked.length), LONGEST_OWN_REQUEST, { seed: context.options.seed, signal: context.signal, onTokens: spend });
    const own = [...new Set([...leaked, ...more.filter(isWhole)].map((user) => tokenizer.decode(user).trim()))].slice(0, budget.ownRequests);
    const answers = await answersAsSymbols(bench, own, budget.trialTokens);
    const asked = own.map((request, i) => ({ request, answer: answers[i] ?? [], own: true }));
    note(`${own.length} user turns that the model made up itself, answered.`, ['request', 'answer'], asked.slice(0, SHOWN).map(({ request, answer }) => [request, tokenizer.decode(answer.filter((id) => id >= 0))]));
    const asking = [...prompts.search, ...prompts.heldOut];
    const answered = [...baseline.search, ...baseline.heldOut].map((answer, i) => ({ request: asking[i] ?? '', answer: answerSymbols(bench, answer, budget.trialTokens), own: false }));
    return [...baseline.requests, ...answered, ...asked];
  });
}

/** The model's own requests and its answers to them, as leaks that did not leak. */
export function ownTurns(ordinary: readonly OrdinaryAnswer[], tokenizer: RunnableCausalLm['tokenizer']): Turns[] {
  return ordinary.filter(({ own }) => own).map(({ request, answer }) => ({ user: tokenizer.encode(request), answer: answer.filter((id) => id >= 0) }));
}

/** Those that the user named come first. */
export async function screenLeaked({ runner, bench, budget, prompts }: Prompted, candidates: readonly Candidate[], given: readonly string[]): Promise<Screened[]> {
  return runner.run('leak-candidates', async ({ note }) => {
    const asking = prompts.search.slice(0, SCREEN_PROMPTS);
    const screened = await screen(bench, candidates, asking, ['end', 'start']);
    const named: Screened[] = [];
    for (const text of given) named.push(...(await screen(bench, [{ text, origin: NAMED, leaks: 0, sameAnswer: 0 }], asking, ['end', 'start'])));
    const texts = new Set(named.map(({ text }) => text));
    note(`${candidates.length} leaked phrases inserted in ${SCREEN_PROMPTS} prompts at the end and at the start.`, SCREEN_COLUMNS, [...named, ...screened].slice(0, SHOWN).map(screenRow));
    return [...named, ...screened.filter(({ text }) => !texts.has(text)).slice(0, budget.trials * 2)];
  });
}

function isWhole(user: readonly number[]): boolean {
  return user.length >= FEWEST_OWN_TOKENS && user.length <= LONGEST_OWN_REQUEST;
}
