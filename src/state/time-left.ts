// How long an audit will still take, as a range, out of the time its own stages have taken so far in this run. Nothing is
// said before some seconds were measured.
//
// A token costs less in a sweep (whole batches, nothing written) than in a leak (one token after another), and proofs stop
// early where nothing holds. SPEND says how much time a planned token of each stage took against the mean of its run: the
// least and the most of audits of one clean and two planted models of 2.5 M parameters at quick on the command line (leaks 5.7 to
// 7.0, payloads 1.7 to 2.2, baseline 1.3 to 1.6, leak-proof 0.6 to 1.3, sweep 0.65 to 0.7, proof 0.4 to 0.5), widened a little. Models of
// another size or a GPU may lie outside; the range follows as soon as their stages are measured, and shrinks to the end.
import type { Milliseconds, Seconds } from '../engine/core/units.ts';
import type { StageView } from './audit-reducer.ts';
import type { PlannedStage } from './plan.ts';

export interface TimeLeft {
  readonly low: Seconds;
  readonly high: Seconds;
}

type Spend = readonly [least: number, most: number];
const USUAL: Spend = [0.9, 1.7];
const SPEND: Readonly<Record<string, Spend>> = {
  leaks: [4.5, 7.5],
  late: [0.8, 7.5],
  payloads: [0.5, 2.4],
  'leak-trials': [0.4, 2],
  baseline: [1, 1.7],
  'leak-proof': [0.3, 1.4],
  proof: [0.3, 1.3],
  accretion: [0.8, 2.8],
  sweep: [0.6, 1.2],
};

/** Measured for less than this, or a smaller share of the work, says nothing yet. */
const FEWEST_SECONDS: Seconds = 3;
const LEAST_SHARE = 0.02;
/** Share of its plan from which a stage that still runs may end at any time; share of all the work that is then left. */
const OVERDUE = 0.97;
const OVERDUE_REST = 0.02;

/** `done`: planned tokens behind the audit, of all its stages together (a progress event's). */
export function timeLeft(stages: readonly StageView[], planned: readonly PlannedStage[], done: number, now: Milliseconds): TimeLeft | undefined {
  const tokens = new Map(planned.map((stage) => [stage.id, stage.tokens]));
  const all = planned.reduce((sum, stage) => sum + stage.tokens, 0);
  let measured: Milliseconds = 0;
  let counted = 0;
  const behind: [number, number] = [0, 0];
  const ahead: [number, number] = [0, 0];
  const add = (to: [number, number], id: string, count: number): void => {
    const [least, most] = SPEND[id] ?? USUAL;
    to[0] += count * least;
    to[1] += count * most;
  };
  let overdue = false;
  const ended = stages.filter(({ status }) => status === 'done' || status === 'skipped').reduce((sum, { id }) => sum + (tokens.get(id) ?? 0), 0);
  for (const { id, status, startedAt, endedAt } of stages) {
    const cost = tokens.get(id) ?? 0;
    if (status === 'pending') add(ahead, id, cost);
    // What an earlier visit had done, and what was skipped, took no time here.
    if (startedAt === undefined || (status !== 'done' && status !== 'running')) continue;
    const share = status === 'done' ? cost : Math.max(0, Math.min(cost, done - ended));
    if (status === 'running') add(ahead, id, cost - share);
    add(behind, id, share);
    overdue = status === 'running' && share >= OVERDUE * cost;
    counted += share;
    measured += (endedAt ?? now) - startedAt;
  }
  if (measured < FEWEST_SECONDS * 1000 || counted < LEAST_SHARE * all || behind[0] <= 0) return undefined;
  // The last stage has spent what was planned and goes on: nobody knows for how long.
  if (overdue && ahead[1] < OVERDUE_REST * all) return undefined;
  const seconds = measured / 1000;
  const perToken = (2 * seconds) / (behind[0] + behind[1]);
  return { low: perToken * ahead[0], high: perToken * ahead[1] };
}
