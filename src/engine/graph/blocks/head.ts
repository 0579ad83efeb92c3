// From logits to what probes ask for, reduced in the graph so that a vocabulary-wide row need not leave the device:
// entropy, divergence from a reference, most likely token, log-probability of a target. All in nats.
import type { GraphBuilder, Value } from '../graph-builder.ts';

/**
 * logits: [wanted, vocabulary]. Declares inputs `reference` [vocabulary], `targets` [wanted], `sampled` [sampled] (rows of
 * `wanted`), `inverse_temperature` [sampled, 1], and the outputs: logits, entropy, kl, argmax, log_prob, each [wanted, …],
 * and weights [sampled, vocabulary], the probabilities at each sampled row's temperature.
 */
export function head(graph: GraphBuilder, logits: Value, vocabulary: number): void {
  const reference = graph.input('reference', 'float32', [vocabulary]);
  const targets = graph.input('targets', 'int64', ['wanted']);
  const sampled = graph.input('sampled', 'int64', ['sampled']);
  const inverseTemperature = graph.input('inverse_temperature', 'float32', ['sampled', 1]);
  const flat = (value: Value): Value => graph.reshape(value, [-1]);
  const subtract = (a: Value, b: Value): Value => graph.op('Sub', [a, b]);
  const softmax = (value: Value): Value => graph.op('Softmax', [value], { axis: -1 });
  const at = (value: Value, index: Value): Value => flat(graph.op('GatherElements', [value, index], { axis: 1 }));

  const probabilities = softmax(logits);
  const best = graph.op('ArgMax', [logits], { axis: -1, keepdims: 1 });
  // log of the normaliser: a token's logit less the log of its probability, taken where that is largest.
  const normaliser = subtract(at(logits, best), graph.op('Log', [at(probabilities, best)]));
  const mean = graph.op('ReduceSum', [graph.op('Mul', [probabilities, logits]), graph.int64([-1])], { keepdims: 0 });
  const cross = flat(graph.op('MatMul', [probabilities, graph.reshape(reference, [vocabulary, 1])]));
  const scaled = graph.op('Mul', [graph.op('Gather', [logits, sampled], { axis: 0 }), inverseTemperature]);

  graph.output(logits, 'logits', 'float32', ['wanted', vocabulary]);
  graph.output(subtract(normaliser, mean), 'entropy', 'float32', ['wanted']);
  graph.output(subtract(subtract(mean, normaliser), cross), 'kl', 'float32', ['wanted']);
  graph.output(flat(best), 'argmax', 'int64', ['wanted']);
  graph.output(subtract(at(logits, graph.reshape(targets, [-1, 1])), normaliser), 'log_prob', 'float32', ['wanted']);
  graph.output(softmax(scaled), 'weights', 'float32', ['sampled', vocabulary]);
}
