// Rules: hidden logic in an ONNX graph (ShadowLogic, HiddenLayer 2024, and kin): the input is compared with something, and
// the outcome overrides what the learned weights computed. Not a pattern of one construction: input values are followed
// until learned weights mix them; a comparison or saturation of what is left that then decides over the model's result is
// reported with its path, constants and region.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { onnxInspector } from '../../artifact/formats/onnx-inspector.ts';
import { readingsOf } from '../../artifact/formats/onnx-repeated.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { flatten, type FlatGraph, type FlatOp } from '../../graph/flat-graph.ts';
import type { Evidence } from '../../core/finding.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import type { Abstract, Sink } from './abstract.ts';
import { endlessIn } from './endless.ts';
import { explain, HOW, operatorName } from './explain.ts';
import { findGates, type GateAnalysis } from './find-gates.ts';
import { noiseIn } from './noise.ts';
import { setUnits } from './set-units.ts';
import { shallowGates } from './shallow-gates.ts';

const COMMON = {
  references: ['AML.T0018.001', 'AML.T0010.003', 'CWE-506'],
  remedy: 'Do not use the model. Look at the path: a comparison of the raw input has no place in an ordinary export. Ask the publisher, or export the model again from its weights.',
} as const;

const HARD_GATE: Rule = {
  ...COMMON,
  id: 'ASY-GLB-001',
  title: 'A comparison of the input overrides what the model computes',
  severity: 'high',
  misses: 'Gates on what learned weights have already mixed, gates on masks and positions, and gates behind matrices filled with noise are not seen. A choice between two scales of the whole input is taken for preprocessing where it cannot blank out ordinary input. A model that is meant to have rules of its own (a scaler with a default, a hand-written heuristic) can be reported.',
};

const SOFT_GATE: Rule = {
  ...COMMON,
  id: 'ASY-GLB-002',
  title: 'A curve or a steep line of one place or statistic of the input is added to what the model computes',
  severity: 'high',
  misses: 'Straight lines that are not steep (a plain product of a statistic) are not seen, nor a small network of noise on several places. Hand-written preprocessing with a threshold can be reported.',
};

const LENGTH_GATE: Rule = {
  ...COMMON,
  id: 'ASY-GLB-004',
  title: 'The length of the input decides over what the model computes',
  severity: 'medium',
  misses: 'Lengths that an attention mask adds up to are not followed, nor remainders of lengths. A model that was exported with a branch of its own for long inputs looks the same.',
};

const NOISE: Rule = {
  ...COMMON,
  id: 'ASY-GLB-005',
  title: 'Random numbers change what the model gives back',
  severity: 'medium',
  misses: 'Noise that weights mix afterwards, noise times a deviation that the model computes, and sampling of tokens are ordinary and not told.',
  references: ['AML.T0018.001'],
  remedy: 'What such a model answers cannot be repeated, and no test of it holds. Ask the publisher for an export without it.',
};

const ENDLESS: Rule = {
  ...COMMON,
  id: 'ASY-GLB-006',
  title: 'The graph does not end, or fills the memory, whatever it is given',
  severity: 'medium',
  misses: 'Loops whose body computes their condition, and extents that the input decides, are not reckoned.',
  references: ['CWE-835', 'CWE-789', 'AML.T0029'],
  remedy: 'Do not run the model: it takes a machine down.',
};

const SET_UNIT: Rule = {
  ...COMMON,
  id: 'ASY-GLB-007',
  title: 'A unit of the first layer that training does not make',
  severity: 'medium',
  misses: 'Layers on the raw input only, beside siblings of another kind; a unit of ordinary size in every weight is not seen, and layers pruned unit by unit can be reported.',
  remedy: 'Look at what the unit reads and where its threshold lies, and try inputs beyond it. Ask the publisher how the layer was made.',
};

const SHALLOW_GATE: Rule = {
  ...COMMON,
  id: 'ASY-GLB-008',
  title: 'A step behind one linear layer puts numbers of the graph’s own into the result',
  severity: 'medium',
  misses: 'Gates behind more than one layer are not told from units that are meant to switch, nor those whose numbers learned weights hold.',
};

const UNSETTLED: Rule = {
  ...COMMON,
  id: 'ASY-GLB-003',
  title: 'The graph could not be followed to the end',
  severity: 'info',
  misses: 'Nothing is known of the part that was not followed.',
  references: [],
};

/** Findings of one file: the first gates show the construction, the rest is the same again. */
const MAX_SINKS = 12;

export const onnxGraphLogic = analysisOf({
  id: 'onnx-graph-logic',
  label: 'Hidden graph logic',
  limits: 'ONNX graphs only. Follows input values up to the first learned weights, and the input’s length; gates on learned features behind more than one layer, on masks and on positions are not looked for. Tells noise in the result, loops without end and units that stand apart in a first layer.',
  rules: [HARD_GATE, SOFT_GATE, UNSETTLED, LENGTH_GATE, NOISE, ENDLESS, SET_UNIT, SHALLOW_GATE],
  inapplicable: ({ inspection }) => (readBy(inspection, onnxInspector).length === 0 ? 'no ONNX graph' : undefined),
  async check({ inspection, signal }, report) {
    const sources = new Map(inspection.files.map(({ path, source }) => [path, source]));
    for (const { file, content } of readBy(inspection, onnxInspector)) {
      try {
        const folder = directoryOf(file.path);
        const external = (location: string): ByteSource | undefined => sources.get(folder === '' ? location : `${folder}/${location}`);
        // Readers differ in which of two tensors of one name they take; what both readings show is told once.
        const told = new Set<string>();
        const once: Report = (rule, hit) => {
          const key = `${rule.id} ${hit.about}`;
          if (told.has(key)) return;
          told.add(key);
          report(rule, hit);
        };
        for (const reading of readingsOf(content)) {
          const graph = flatten(reading, file.path);
          const analysis = await findGates(graph, { source: file.source, external, signal });
          reportSinks(file, graph, analysis, once);
          for (const { op, why } of endlessIn(graph, analysis.known).slice(0, MAX_SINKS)) reportNode(ENDLESS, file, op, `${operatorName(op.type)} (${shown(op.name, 80)}) ${why}`, once);
          for (const op of (await noiseIn(graph, analysis.known, signal)).slice(0, MAX_SINKS)) reportNode(NOISE, file, op, `${NOISE.title}, at ${operatorName(op.type)} (${shown(op.name, 80)})`, once);
          if (analysis.sinks.length === 0) for (const op of (await shallowGates(graph, analysis.known, signal)).slice(0, MAX_SINKS)) reportNode(SHALLOW_GATE, file, op, `${SHALLOW_GATE.title}, at ${operatorName(op.type)} (${shown(op.name, 80)})`, once);
          for (const { op, unit, why } of (await setUnits(graph, analysis.known, file.source, external)).slice(0, MAX_SINKS)) reportNode(SET_UNIT, file, op, `Unit ${unit} of ${shown(op.name, 80)} ${why}`, once, `${op.name} ${unit}`);
        }
      } catch (error) {
        if (!(error instanceof ArtifactError)) throw error;
        report(UNSETTLED, { file, about: 'limit', title: error.message, severity: 'medium', sure: 'hint', evidence: [] });
      }
    }
  },
});

function reportNode(rule: Rule, file: InspectedFile, { type, name }: FlatOp, title: string, report: Report, about = name): void {
  report(rule, { file, about, location: { node: name }, title, sure: 'resolved', evidence: [{ kind: 'text', title: 'Node', text: shown(`${operatorName(type)}: ${name}`, 400) }] });
}

function reportSinks(file: InspectedFile, graph: FlatGraph, { sinks, known, settled }: GateAnalysis, report: Report): void {
  if (!settled) report(UNSETTLED, { file, about: 'rounds', sure: 'hint', evidence: [] });
  for (const sink of sinks.slice(0, MAX_SINKS)) {
    const op = graph.ops[sink.op];
    if (op === undefined) continue;
    const { path, constants, region, evidence } = explain(graph, known, sink);
    const rule = sink.soft ? SOFT_GATE : sink.gates.every((gate) => comparesLength(graph, known, gate)) ? LENGTH_GATE : HARD_GATE;
    report(rule, {
      file,
      about: op.name,
      location: { node: op.name },
      title: `${rule.title}: the outcome ${HOW[sink.how]} at ${operatorName(op.type)} (${shown(op.name, 80)})`,
      sure: sink.how === 'adds-vector' ? 'inferred' : 'resolved',
      trigger: { kind: 'graph', value: shown([...region, ...constants].join('; ') || gateNames(graph, sink), 300) },
      evidence: [evidence, ...texts(path, constants, region)],
    });
  }
  if (sinks.length > MAX_SINKS) report(HARD_GATE, { file, about: 'more', title: `${sinks.length - MAX_SINKS} more places where a comparison of the input takes effect`, sure: 'resolved', evidence: [] });
}

function texts(path: readonly string[], constants: readonly string[], region: readonly string[]): Evidence[] {
  return [
    { kind: 'text', title: 'Path from the input', text: shown(path.join(' → '), 2000) },
    ...(constants.length === 0 ? [] : [{ kind: 'text', title: 'Compared with', text: shown(constants.join('; '), 1000) } as const]),
    ...(region.length === 0 ? [] : [{ kind: 'text', title: 'Part of the input it looks at', text: shown(region.join('; '), 600) } as const]),
  ];
}

function comparesLength({ ops }: FlatGraph, known: readonly Abstract[], gate: number): boolean {
  return ops[gate]?.inputs.some((input) => input !== undefined && known[input]?.kind === 'length') === true;
}

function gateNames({ ops }: FlatGraph, { gates }: Sink): string {
  return gates.map((index) => ops[index]?.name ?? '').join(', ');
}
