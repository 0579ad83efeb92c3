// The shape of one classifier architecture's builder. A new one is one object and a line in classifier-graphs.ts.
import type { ConfigReader } from '../config-reader.ts';
import type { EncoderDimensions, EncoderGraph } from '../encoder-graph.ts';
import type { Value } from '../graph-builder.ts';

export interface ClassifierArchitecture {
  /** `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Of a text model: the position of a row's first token. */
  firstPosition(config: ConfigReader): number;
  dimensions(config: ConfigReader): EncoderDimensions;
  /** The tensor whose rows are the classes. */
  readonly classifierWeight: string;
  /** Declares the inputs and returns logits [batch, classes]. */
  build(encoder: EncoderGraph, config: ConfigReader, classes: number): Value;
}
