// How fast a model runs here, in a second or two, before an audit is begun. The first runs lay out memory and, in a browser,
// go through code that is compiled better a moment later; whatever else the machine does (hashing, a page being drawn) slows
// some runs and quickens none. So equal runs are repeated until they get no quicker, and the quickest counts.
import type { CancelSignal } from '../core/cancel.ts';
import type { Clock } from '../core/host.ts';
import type { Milliseconds } from '../core/units.ts';
import { GREEDY, type CausalLm } from './causal-lm.ts';

/** Where a small batch takes less, a full one is measured: most of an audit runs in full batches, which cost less a token. */
const QUICK: Milliseconds = 1000;
const [FEW_ROWS, FULL_ROWS] = [32, 128];
const [PROMPT, ANSWER] = [8, 4];
/** After so many runs that were not quicker than the quickest by a tenth, the next ones will not be. */
const SETTLED = 2;
const QUICKER = 1.1;
const TIME: Milliseconds = 3000;

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
    let rows = FEW_ROWS;
    let { took, speed } = await run(rows);
    if (took < QUICK) ({ took, speed } = await run((rows = FULL_ROWS)));
    for (let settled = 0; settled < SETTLED && clock.now() - begun + took < TIME; ) {
      const next = await run(rows);
      settled = next.speed < speed * QUICKER ? settled + 1 : 0;
      speed = Math.max(speed, next.speed);
      took = next.took;
    }
    return speed;
  } finally {
    prefix.dispose();
  }
}

function promptsOf(rows: number, vocabularySize: number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: PROMPT }, (__, index) => (row * 7919 + index * 104_729 + 17) % vocabularySize));
}
