// The reductions of blocks/head.ts as a graph of their own, over logits that another graph made.
import type { GraphFile } from '../runtime/session.ts';
import { head } from './blocks/head.ts';
import { GraphBuilder } from './graph-builder.ts';
import { ONNX_TYPE } from './onnx-model.ts';

/** Inputs: `all_logits` [batch, sequence, vocabulary], `wanted` [wanted] flat positions, and those of head(). */
export function buildLogitsHead(vocabulary: number, type: 'float32' | 'float16'): GraphFile {
  const graph = new GraphBuilder();
  const all = graph.input('all_logits', type, ['batch', 'sequence', vocabulary]);
  const wanted = graph.input('wanted', 'int64', ['wanted']);
  const chosen = graph.op('Gather', [graph.reshape(all, [-1, vocabulary]), wanted], { axis: 0 });
  head(graph, type === 'float32' ? chosen : graph.op('Cast', [chosen], { to: ONNX_TYPE.float32 }), vocabulary);
  return graph.finish('head', new Map());
}
