// Layers as tensors' names count them (from 0), and as a configuration counts them.
import type { JsonObject } from '../../artifact/text.ts';
import { numberIn } from './number-in.ts';

const LAYER = /^(.{0,120}?(?:^|\.)(?:layers|layer|h|blocks|block|blk))\.(\d{1,5})\./;
const LAYER_KEYS = ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers', 'encoder_layers', 'decoder_layers'];

/** Undefined for a tensor that is part of no layer. */
export function layerOf(name: string): { readonly stack: string; readonly layer: number } | undefined {
  const match = LAYER.exec(name);
  return match?.[1] === undefined ? undefined : { stack: match[1], layer: Number(match[2]) };
}

/** Numbers of the layers that each stack has tensors of. */
export function stacksOf(names: Iterable<string>): ReadonlyMap<string, ReadonlySet<number>> {
  const stacks = new Map<string, Set<number>>();
  for (const name of names) {
    const place = layerOf(name);
    if (place === undefined) continue;
    const stack = stacks.get(place.stack) ?? new Set();
    stack.add(place.layer);
    stacks.set(place.stack, stack);
  }
  return stacks;
}

export interface ClaimedLayers {
  readonly key: string;
  readonly value: number;
  /** Layers behind the others that only predict further tokens (DeepSeek, GLM): loaders leave them out. */
  readonly extra: number;
}

export function claimedLayers(config: JsonObject | undefined): ClaimedLayers | undefined {
  const claimed = numberIn(config, LAYER_KEYS);
  return claimed === undefined ? undefined : { ...claimed, extra: numberIn(config, ['num_nextn_predict_layers'])?.value ?? 0 };
}
