// Nodes of an ONNX graph whose operators follow each other as a pattern says, each feeding the next. One path a start is enough.
import type { OnnxNodeInfo } from '../../graph/onnx-reader.ts';

export type Consumers = ReadonlyMap<string, readonly OnnxNodeInfo[]>;

export function consumersOf(nodes: readonly OnnxNodeInfo[]): Consumers {
  const consumers = new Map<string, OnnxNodeInfo[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) {
      if (name === '') continue;
      const list = consumers.get(name) ?? [];
      list.push(node);
      consumers.set(name, list);
    }
  }
  return consumers;
}

/** The first path found; undefined where there is none. Each node is tried once for each place in the pattern. */
export function findPath(nodes: readonly OnnxNodeInfo[], consumers: Consumers, operators: readonly string[]): readonly OnnxNodeInfo[] | undefined {
  const hopeless = new Set<string>();
  const ids = new Map(nodes.map((node, i) => [node, i]));
  const follow = (node: OnnxNodeInfo, at: number): readonly OnnxNodeInfo[] | undefined => {
    if (node.type !== operators[at]) return undefined;
    if (at === operators.length - 1) return [node];
    const key = `${ids.get(node) ?? -1} ${at}`;
    if (hopeless.has(key)) return undefined;
    for (const output of node.outputs) {
      for (const next of consumers.get(output) ?? []) {
        const rest = follow(next, at + 1);
        if (rest !== undefined) return [node, ...rest];
      }
    }
    hopeless.add(key);
    return undefined;
  };
  for (const node of nodes) {
    const path = follow(node, 0);
    if (path !== undefined) return path;
  }
  return undefined;
}
