// What generation_config.json says about sampling and stopping, and config.json where it is silent, read as transformers does.
import type { Artifact } from '../artifact/artifact.ts';
import { directoryOf } from '../artifact/formats/reader.ts';
import { configPlace, configReaderOf } from '../graph/config-place.ts';
import { ConfigReader } from '../graph/config-reader.ts';
import { GREEDY, type SamplingOptions } from './causal-lm.ts';

export interface ModelDefaults {
  readonly stopIds: ReadonlySet<number>;
  readonly sampling: SamplingOptions;
}

const STOP = 'eos_token_id';

export function modelDefaults(artifact: Artifact): ModelDefaults {
  const own = configReaderOf(artifact, artifact.config ?? {});
  const generation = generationReader(artifact);
  return { stopIds: stopIds(generation.has(STOP) ? generation : own), sampling: sampling(generation) };
}

/** generation_config.json lies beside config.json; in a GGUF both are read from one place. */
function generationReader(artifact: Artifact): ConfigReader {
  const { generationConfig, kind } = artifact;
  if (kind === 'gguf') return configReaderOf(artifact, generationConfig ?? {});
  const folder = directoryOf(configPlace(artifact).file);
  return new ConfigReader(generationConfig ?? {}, { file: `${folder === '' ? '' : `${folder}/`}generation_config.json`, nameOf: (field) => field });
}

/** Ids below zero stand for none. Ids that no token has are kept: answers then run to their limit, as they do elsewhere. */
function stopIds(config: ConfigReader): ReadonlySet<number> {
  if (!config.has(STOP)) return new Set();
  const value = config.raw(STOP);
  const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
  const numbers = ids.filter((id): id is number => typeof id === 'number' && Number.isInteger(id));
  if (numbers.length < ids.length) throw config.error(STOP, 'the id of a token, or a list of such ids');
  return new Set(numbers.filter((id) => id >= 0));
}

/** Sampling where `do_sample` is set, with transformers' defaults: temperature 1, top-k 50, top-p 1. */
function sampling(config: ConfigReader): SamplingOptions {
  const repetitionPenalty = config.positive('repetition_penalty', 1);
  if (!config.flag('do_sample', false)) return { ...GREEDY, repetitionPenalty };
  const topP = config.positive('top_p', 1);
  return { temperature: config.positive('temperature', 1), topK: config.integer('top_k', { min: 0, max: 2 ** 31 }, 50), topP: Math.min(1, topP), repetitionPenalty };
}
