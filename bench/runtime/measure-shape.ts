// One shape on Assay's CausalLm: tokens per second of new tokens, prefix not counted.
import { seeded } from '../../src/engine/core/random.ts';
import { GREEDY, type CausalLm, type SamplingOptions } from '../../src/engine/runtime/causal-lm.ts';
import { PREFIX_TOKENS, type Shape } from './shapes.ts';

const LEAK: SamplingOptions = { temperature: 1, topK: 0, topP: 0.95, repetitionPenalty: 1 };

export async function measureShape(model: CausalLm, { kind, rows, tokens }: Shape, now: () => number): Promise<number> {
  const random = seeded(1);
  const draw = (count: number): number[] => Array.from({ length: count }, () => random.below(model.vocabularySize));
  const prefix = await model.prefill(draw(PREFIX_TOKENS));
  const batch = Array.from({ length: rows }, () => draw(kind === 'sweep' ? tokens : 1));
  const started = now();
  if (kind === 'sweep') await model.sweep(prefix, batch, new Float32Array(model.vocabularySize).fill(-Math.log(model.vocabularySize)));
  else await model.generate(prefix, batch, { maxNewTokens: tokens, sampling: kind === 'leak' ? LEAK : GREEDY, random: seeded(2), ignoreStop: true });
  const seconds = (now() - started) / 1000;
  prefix.dispose();
  return (rows * tokens) / seconds;
}
