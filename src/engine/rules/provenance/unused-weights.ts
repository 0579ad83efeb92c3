// Weights that the model does not use when it runs as its configuration says: whole layers behind the last one, and matrices that
// belong to nothing. Of architectures that Assay builds this is exact; of others only layers are told, by their names. What honest
// files hold besides (buffers, tied or leftover heads, towers for other inputs, scales) is left out by its name: what an author
// hides under such a name is not told here.
import type { Artifact, TensorInfo } from '../../artifact/artifact.ts';
import { firstOf } from '../../core/shown.ts';
import { planGraph } from '../../graph/plan-graph.ts';
import { claimedLayers, layerOf, stacksOf, type ClaimedLayers } from './layers.ts';

export interface UnusedWeights {
  readonly claimed: ClaimedLayers | undefined;
  /** Of layers that the configuration leaves out. */
  readonly layers: readonly TensorInfo[];
  /** Matrices of nothing that the architecture knows; lone scales, biases and class weights say little, and are common. */
  readonly others: readonly TensorInfo[];
}

/** Buffers that are computed anew when the model is loaded. */
const BUFFER = /(?:^|\.)(?:inv_freq|position_ids|token_type_ids|mask_token|attn\.(?:masked_)?bias|rope_freqs\.weight|rope_factors_(?:long|short)\.weight)$/;
/** Heads that are tied or left over from training: outside of all layers. */
const HEAD = /(?:^|\.)(?:\w{0,40}head|output|cls|pooler|classifier|score|qa_outputs|vocab_(?:transform|layer_norm|projector))\./;
/** Towers for other inputs, and layers apart that predict further tokens. */
const TOWER = /(?:^|\.)(?:vision|visual|image|audio|speech|multi_modal|mm|mtp|nextn)\w*\./;
/** What quantised files keep beside a matrix. */
const SCALE = /(?:_scale|_scales|zero_point|_zeros|g_idx)$/;

export function unusedWeights(artifact: Artifact): UnusedWeights {
  const claimed = claimedLayers(artifact.config);
  const planned = planGraph(artifact);
  if (planned.kind === 'refused') return { claimed, layers: claimed === undefined ? [] : layersBeyond(artifact, claimed), others: [] };
  const told = planned.unread.filter(({ name }) => !isOrdinary(name));
  const isLayer = ({ name }: TensorInfo): boolean => claimed !== undefined && (layerOf(name)?.layer ?? -1) >= claimed.value;
  return { claimed, layers: told.filter(isLayer), others: told.filter((tensor) => !isLayer(tensor) && tensor.shape.length >= 2) };
}

function isOrdinary(name: string): boolean {
  return [BUFFER, TOWER, SCALE].some((known) => known.test(name)) || (layerOf(name) === undefined && HEAD.test(name));
}

/** By names alone; a model of several stacks (encoder and decoder, towers) has its count in whichever ends there. */
function layersBeyond({ tensors }: Artifact, { value, extra }: ClaimedLayers): TensorInfo[] {
  const stacks = [...stacksOf(tensors.keys()).values()];
  if (stacks.length !== 1) return [];
  return [...tensors.values()].filter(({ name }) => (layerOf(name)?.layer ?? -1) >= value + extra);
}

/** 'layers 3 and 4', 'layers 3 to 9': as the tensors' names count them. */
export function layerNumbers(tensors: readonly TensorInfo[]): string {
  const numbers = [...new Set(tensors.map(({ name }) => layerOf(name)?.layer ?? -1))].sort((a, b) => a - b);
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (numbers.length <= 2) return `layer${numbers.length === 1 ? '' : 's'} ${numbers.join(' and ')}`;
  return last !== undefined && first !== undefined && last - first === numbers.length - 1 ? `layers ${first} to ${last}` : `layers ${firstOf(numbers.map(String))}`;
}

/** What a run of the model says nothing about; undefined where it reads all that there is. */
export function whatIsNotRun(artifact: Artifact): string | undefined {
  const { layers, others } = unusedWeights(artifact);
  const left = [...layers, ...others];
  if (left.length === 0) return undefined;
  return `not all of the weights were run: the configuration leaves ${left.length} of ${artifact.tensors.size} tensors out (${firstOf(left.map(({ name }) => name))})`;
}
