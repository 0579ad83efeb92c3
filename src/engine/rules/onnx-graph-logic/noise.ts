// Random numbers that change the result: the model answers differently from run to run, or only now and then as its publisher
// meant. Noise that learned weights mix afterwards (speech, diffusion) is ordinary, and so is noise times a deviation that the
// model computed (variational encoders).
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';

const RANDOM = new Set(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli']);
const MIXES = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'LSTM', 'GRU', 'RNN', 'Einsum', 'Gather', 'QLinearConv', 'QLinearMatMul', 'MatMulInteger', 'ConvInteger', 'MatMulNBits', 'FusedMatMul', 'FusedGemm', 'FusedConv']);
const MEETS = new Set(['Add', 'Sub', 'Sum', 'Mean', 'Max', 'Min', 'Where', '#if', 'ScatterND', 'ScatterElements']);
const SCALES = new Set(['Mul', 'Div']);
const BREATHE_EVERY = 4096;

/** `noise`: random numbers and constants. `scaled`: times what the model computed. `met`: added to it, or deciding over it. */
type Noise = 'noise' | 'scaled' | 'met';

/** The operators where random numbers meet what is given back. */
export async function noiseIn(graph: FlatGraph, known: readonly Abstract[], signal: CancelSignal): Promise<readonly FlatOp[]> {
  if (!graph.ops.some(({ type }) => RANDOM.has(type))) return [];
  const states = new Map<ValueId, { readonly state: Noise; readonly at: FlatOp }>();
  // Graphs are sorted but for loops: what comes out of a body stands before it.
  for (const [index, op] of graph.ops.entries()) {
    if (index % BREATHE_EVERY === 0) await breathe(signal);
    const given = op.inputs.flatMap((id) => (id === undefined ? [] : (states.get(id) ?? [])));
    const state = after(op, given.map((one) => one.state), op.inputs.some((id) => id !== undefined && !states.has(id) && isComputed(known[id])));
    if (state === undefined) continue;
    const at = given.find((one) => one.state === 'met')?.at ?? op;
    for (const output of op.outputs) states.set(output, { state, at });
  }
  return [...new Set(graph.outputs.flatMap((id) => (states.get(id)?.state === 'met' ? (states.get(id)?.at ?? []) : [])))];
}

function after({ type, domain }: FlatOp, given: readonly Noise[], computed: boolean): Noise | undefined {
  if (domain === '' && RANDOM.has(type)) return 'noise';
  if (given.length === 0 || MIXES.has(type)) return undefined;
  if (given.includes('met')) return 'met';
  if (!computed) return given.includes('scaled') ? 'scaled' : 'noise';
  if (SCALES.has(type)) return 'scaled';
  // Beside what the model computed: noise is added or decides; what it scaled itself is its own uncertainty.
  return MEETS.has(type) && given.includes('noise') ? 'met' : undefined;
}

function isComputed(value: Abstract | undefined): boolean {
  return value?.kind === 'features' || value?.kind === 'raw' || value?.kind === 'gate';
}
