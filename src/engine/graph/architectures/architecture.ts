// The shape of one architecture's builder. A new architecture is one file and a line in registry.ts.
import type { ConfigReader } from '../config-reader.ts';
import type { DecoderGraph } from '../decoder-graph.ts';
import type { Dimensions } from '../dimensions.ts';
import type { Value } from '../graph-builder.ts';

export interface Architecture {
  /** `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Reads sizes and refuses what the builder does not implement. `fromGguf`: the weights have GGML's layout. */
  dimensions(config: ConfigReader, fromGguf: boolean): Dimensions;
  /** The layers, over decoder.dimensions; calls attention() once a layer. Returns logits [wanted, vocabulary]. */
  build(decoder: DecoderGraph, config: ConfigReader): Value;
}
