// What generation_config.json says about sampling and stopping, and config.json where it is silent, read as transformers does.
import type { Artifact } from '../artifact/artifact.ts';
import { ConfigReader } from '../graph/config-reader.ts';
import { GREEDY, type SamplingOptions } from './causal-lm.ts';

export interface ModelDefaults {
  readonly stopIds: ReadonlySet<number>;
  readonly sampling: SamplingOptions;
}

export function modelDefaults({ generationConfig, config }: Pick<Artifact, 'generationConfig' | 'config'>): ModelDefaults {
  return { stopIds: stopIds(generationConfig?.['eos_token_id'] ?? config?.['eos_token_id']), sampling: sampling(new ConfigReader(generationConfig ?? {})) };
}

function stopIds(value: unknown): ReadonlySet<number> {
  const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Set(ids.filter((id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0));
}

/** Sampling where `do_sample` is set, with transformers' defaults: temperature 1, top-k 50, top-p 1. */
function sampling(config: ConfigReader): SamplingOptions {
  const repetitionPenalty = config.positive('repetition_penalty', 1);
  if (!config.flag('do_sample', false)) return { ...GREEDY, repetitionPenalty };
  const topP = config.positive('top_p', 1);
  return { temperature: config.positive('temperature', 1), topK: config.integer('top_k', { min: 0, max: 2 ** 31 }, 50), topP: Math.min(1, topP), repetitionPenalty };
}
