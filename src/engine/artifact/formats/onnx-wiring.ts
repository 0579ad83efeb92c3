// Whether an ONNX graph is wired as the specification demands (IR: "Graphs", static single assignment): each value is made once, what
// is read is made somewhere, and nothing waits for itself. Names of outer graphs can be seen in bodies of If, Loop and Scan;
// a function sees its own inputs only. Order is not judged: runtimes sort.
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { OnnxGraphInfo, OnnxModelInfo, OnnxNodeInfo } from '../../graph/onnx-reader.ts';

type Fault = Omit<ArtifactErrorFields, 'format' | 'file'>;

/** The first of each graph; a graph that is broken once is broken. */
const MAX_FAULTS = 16;

export function wiringFaults(model: OnnxModelInfo): Fault[] {
  const faults: Fault[] = [];
  const report = (fault: Fault): void => {
    if (faults.length < MAX_FAULTS) faults.push(fault);
  };
  checkGraph(model, 'graph', () => false, report);
  for (const { name, domain, inputs, outputs, nodes } of model.functions) {
    const graph = { name, inputs: inputs.map(port), outputs: outputs.map(port), nodes, initializers: [] };
    checkGraph(graph, `function ${domain === '' ? '' : `${domain}.`}${name}`, () => false, report);
  }
  return faults;
}

const port = (name: string): { name: string; elementType: number; dims: undefined } => ({ name, elementType: 0, dims: undefined });

function checkGraph(graph: OnnxGraphInfo, where: string, outer: (name: string) => boolean, report: (fault: Fault) => void): void {
  /** Maker of each value; undefined for inputs and stored tensors. */
  const made = new Map<string, number | undefined>();
  for (const { name } of [...graph.inputs, ...graph.initializers]) made.set(name, undefined);
  for (const name of graph.sparse ?? []) made.set(name, undefined);
  for (const [i, node] of graph.nodes.entries()) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (made.has(name)) report({ code: 'malformed', ...offsetOf(node), field: `${where}, output of ${nameOf(node)}`, expected: 'a value that is made once', actual: `a second ${quoted(name)}` });
      else made.set(name, i);
    }
  }
  const known = (name: string): boolean => made.has(name) || outer(name);
  const missing = new Set<string>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) {
      if (name === '' || known(name) || missing.has(name)) continue;
      missing.add(name);
      report({ code: 'malformed', ...offsetOf(node), field: `${where}, input of ${nameOf(node)}`, expected: 'a value that something makes', actual: `${quoted(name)}, which nothing does` });
    }
    for (const { graphs } of node.attributes) for (const body of graphs) checkGraph(body, `${where}, body of ${nameOf(node)}`, known, report);
  }
  for (const { name } of graph.outputs) if (!known(name)) report({ code: 'malformed', field: `${where}, outputs`, expected: 'a value that something makes', actual: `${quoted(name)}, which nothing does` });
  const waiting = nodeInCircle(graph, made);
  if (waiting !== undefined) report({ code: 'malformed', ...offsetOf(waiting), field: `${where}, ${nameOf(waiting)}`, expected: 'a graph without circles', actual: 'a node that waits for its own result' });
}

/** Kahn's algorithm: what is left when everything was taken away that waits for nothing. */
function nodeInCircle({ nodes }: OnnxGraphInfo, made: ReadonlyMap<string, number | undefined>): OnnxNodeInfo | undefined {
  const waits = nodes.map(() => 0);
  const readers: number[][] = nodes.map(() => []);
  for (const [i, node] of nodes.entries()) {
    for (const name of readBy(node)) {
      const maker = made.get(name);
      if (maker === undefined) continue;
      waits[i] = (waits[i] ?? 0) + 1;
      readers[maker]?.push(i);
    }
  }
  const free = waits.flatMap((count, i) => (count === 0 ? [i] : []));
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    for (const reader of readers[next] ?? []) {
      const left = (waits[reader] ?? 0) - 1;
      waits[reader] = left;
      if (left === 0) free.push(reader);
    }
  }
  return nodes.find((_, i) => (waits[i] ?? 0) > 0);
}

/** Inputs, and what bodies take from outside. */
function readBy(node: OnnxNodeInfo): Set<string> {
  const read = new Set(node.inputs.filter((name) => name !== ''));
  for (const { graphs } of node.attributes) {
    for (const { nodes, inputs, initializers, sparse = [], outputs } of graphs) {
      const own = new Set([...inputs, ...initializers].map(({ name }) => name).concat(sparse, nodes.flatMap((inner) => inner.outputs)));
      for (const name of [...nodes.flatMap((inner) => [...readBy(inner)]), ...outputs.map(({ name: output }) => output)]) if (!own.has(name)) read.add(name);
    }
  }
  return read;
}

function offsetOf({ at }: OnnxNodeInfo): { readonly offset?: number } {
  return at === undefined ? {} : { offset: at };
}

function nameOf({ name, type, outputs }: OnnxNodeInfo): string {
  return `${type} (${quoted(name === '' ? (outputs[0] ?? '') : name)})`;
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
