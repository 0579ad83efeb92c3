// From logits to what probes ask for, reduced in the graph so that a vocabulary-wide row need not leave the device:
// entropy, divergence from a reference, most likely token, log-probability of a target. All in nats.
import type { GraphBuilder, Value } from '../graph-builder.ts';

export const HEAD_OUTPUTS = ['logits', 'entropy', 'kl', 'argmax', 'log_prob'] as const;

/** logits: [wanted, vocabulary]. Declares the graph's outputs. */
export function head(graph: GraphBuilder, logits: Value, vocabulary: number): void {
  const reference = graph.input('reference', 'float32', [vocabulary]);
  const targets = graph.input('targets', 'int64', ['wanted']);
  const last = graph.int64([-1]);
  const reduce = (type: string, value: Value): Value => graph.op(type, [value, last], { keepdims: 0 });
  const subtract = (a: Value, b: Value): Value => graph.op('Sub', [a, b]);

  const probabilities = graph.op('Softmax', [logits], { axis: -1 });
  // log of the normaliser: the largest logit less the log of its own probability.
  const normaliser = subtract(reduce('ReduceMax', logits), graph.op('Log', [reduce('ReduceMax', probabilities)]));
  const mean = reduce('ReduceSum', graph.op('Mul', [probabilities, logits]));
  const entropy = subtract(normaliser, mean);
  const cross = graph.reshape(graph.op('MatMul', [probabilities, graph.reshape(reference, [vocabulary, 1])]), [-1]);
  const chosen = graph.op('GatherElements', [logits, graph.reshape(targets, [-1, 1])], { axis: 1 });

  graph.output(logits, 'logits', 'float32', ['wanted', vocabulary]);
  graph.output(entropy, 'entropy', 'float32', ['wanted']);
  graph.output(subtract(subtract(mean, normaliser), cross), 'kl', 'float32', ['wanted']);
  graph.output(graph.op('ArgMax', [logits], { axis: -1, keepdims: 0 }), 'argmax', 'int64', ['wanted']);
  graph.output(subtract(graph.reshape(chosen, [-1]), normaliser), 'log_prob', 'float32', ['wanted']);
}
