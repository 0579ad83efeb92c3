// How fast a model runs here, in a second or two, before an audit is begun. The first run of a shape compiles and lays out
// memory, and whatever else the machine does at the moment (hashing, a page being drawn) slows some runs and quickens none:
// of several equal runs the quickest counts.
import type { CancelSignal } from '../core/cancel.ts';
import type { Clock } from '../core/host.ts';
import type { Milliseconds } from '../core/units.ts';
import { GREEDY, type CausalLm } from './causal-lm.ts';

/** A run quicker than this says more about overhead than about the model: a larger batch follows. */
const QUICK: Milliseconds = 150;
const [FEWEST_ROWS, MOST_ROWS, GROWTH] = [32, 128, 4];
const [PROMPT, ANSWER] = [8, 4];
/** Equal runs, while there is time. */
const RUNS = 4;
const TIME: Milliseconds = 2000;

/** Tokens a second, prefill and decoding together. */
export async function measureSpeed(model: CausalLm, clock: Clock, signal: CancelSignal): Promise<number> {
  const begun = clock.now();
  const prefix = await model.prefill([]);
  const run = async (rows: number): Promise<{ readonly took: Milliseconds; readonly speed: number }> => {
    const [begin, before] = [clock.now(), model.tokensRun];
    await model.generate(prefix, promptsOf(rows, model.vocabularySize), { maxNewTokens: ANSWER, sampling: GREEDY, ignoreStop: true, signal });
    const took = Math.max(1, clock.now() - begin);
    return { took, speed: (1000 * (model.tokensRun - before)) / took };
  };
  try {
    await run(1);
    let rows = FEWEST_ROWS;
    let { took, speed } = await run(rows);
    while (took < QUICK && rows < MOST_ROWS) ({ took, speed } = await run((rows *= GROWTH)));
    for (let runs = 1; runs < RUNS && clock.now() - begun + took < TIME; runs++) speed = Math.max(speed, (await run(rows)).speed);
    return speed;
  } finally {
    prefix.dispose();
  }
}

function promptsOf(rows: number, vocabularySize: number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: PROMPT }, (__, index) => (row * 7919 + index * 104_729 + 17) % vocabularySize));
}
