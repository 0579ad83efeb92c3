// The settings that answers of the playground were made with, in words: the kind of sampling, and whatever is not as it is by default.
import { GREEDY } from '../engine/runtime/causal-lm.ts';
import { DEFAULT_NEW_TOKENS, type PlaygroundForm } from './playground.ts';

export function settingsWords({ sampling, maxNewTokens, seed, system }: Pick<PlaygroundForm, 'sampling' | 'maxNewTokens' | 'seed' | 'system'>): string {
  const { temperature, topK, topP, repetitionPenalty } = sampling;
  return [
    // Greedy answers draw nothing: top-k, top-p and the seed do not touch them.
    temperature === 0 ? 'greedy' : `temperature ${temperature}, top-k ${topK}, top-p ${topP}, seed ${seed}`,
    ...(repetitionPenalty === GREEDY.repetitionPenalty ? [] : [`repetition penalty ${repetitionPenalty}`]),
    ...(maxNewTokens === DEFAULT_NEW_TOKENS ? [] : [`at most ${maxNewTokens} new tokens`]),
    ...(system === '' ? [] : ['a system turn of its own']),
  ].join(', ');
}
