// Input gradient of Resize and Upsample. Nearest neighbours by whole factors: what each input pixel became is summed. All others
// are linear along each axis: the operator itself, run on unit vectors, gives the matrix of an axis, so that every mode of
// coordinates and of rounding is the runtime's own. Subset: no cropping, no kept aspect ratio, the axis of rows stays.
import { float } from '../graph-builder.ts';
import type { Attribute } from '../onnx-model.ts';
import { inputOf, listOf, numberOf, outputOf, sameShape, Unsupported, type Emitter, type GradientRule, type Shape } from './emitter.ts';
import type { AttributeValue, GraphNode } from './graph-nodes.ts';

export const resize: GradientRule = ({ node, pull, emit }) => {
  const [input, output] = [emit.shape(inputOf(node, 0)), emit.shape(outputOf(node))];
  if (sameShape(input, output)) return [pull];
  const factors = output.map((dim, axis) => dim / (input[axis] ?? 1));
  if (factors.every((factor) => Number.isInteger(factor)) && inBlocks(node, emit)) {
    const split = input.flatMap((dim, axis) => [dim, factors[axis] ?? 1]);
    return [emit.reshape(emit.sum(emit.reshape(pull, split), input.map((_, axis) => 2 * axis + 1)), input)];
  }
  let gradient = pull;
  for (const [axis, dim] of input.entries()) {
    if (dim !== output[axis]) gradient = emit.along(gradient, input.length, axis, emit.transpose(matrixOf(node, emit, input, axis, output[axis] ?? 1), [1, 0]));
  }
  return [gradient];
};

/** Whether each input pixel becomes a block of pixels at its place. */
function inBlocks(node: GraphNode, emit: Emitter): boolean {
  const text = (name: string, otherwise: string): AttributeValue => node.attributes.get(name) ?? otherwise;
  if (text('mode', 'nearest') !== 'nearest') return false;
  if (node.type === 'Upsample' || emit.opset < 11) return true;
  const [coordinates, rounding] = [text('coordinate_transformation_mode', 'half_pixel'), text('nearest_mode', 'round_prefer_floor')];
  if (coordinates === 'asymmetric') return rounding === 'floor';
  return (coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel') && (rounding === 'round_prefer_floor' || rounding === 'round_prefer_ceil');
}

/** [length before, length after]: what one pixel of the axis adds to each of the resized axis. */
function matrixOf(node: GraphNode, emit: Emitter, input: Shape, axis: number, after: number): string {
  const { attributes } = node;
  if (attributes.get('coordinate_transformation_mode') === 'tf_crop_and_resize') throw new Unsupported('Resize that crops');
  if ((attributes.get('keep_aspect_ratio_policy') ?? 'stretch') !== 'stretch') throw new Unsupported('Resize that keeps the aspect ratio');
  if (axis === 0) throw new Unsupported('Resize of the axis of rows');
  const length = input[axis] ?? 1;
  const unit = new Float32Array(length * length);
  for (let at = 0; at < length; at++) unit[at * length + at] = 1;
  const units = emit.floats(unit, input.map((_, i) => (i === 0 || i === axis ? length : 1)));
  const kept: Record<string, string | number | Attribute> = {};
  for (const name of ['mode', 'coordinate_transformation_mode', 'nearest_mode']) {
    const value = attributes.get(name);
    if (typeof value === 'string') kept[name] = value;
  }
  for (const name of ['exclude_outside', 'antialias']) if (attributes.has(name)) kept[name] = numberOf(node, name, 0);
  if (attributes.has('cubic_coeff_a')) kept['cubic_coeff_a'] = float(numberOf(node, 'cubic_coeff_a', -0.75));
  return emit.reshape(emit.op(node.type, [units, ...lengthInputs(node, emit, input, axis, after)], kept), [length, after]);
}

/** What the operator takes beside the unit vectors. Up to opset 12 the inputs that say nothing may be empty and not left out. */
function lengthInputs(node: GraphNode, emit: Emitter, input: Shape, axis: number, after: number): readonly string[] {
  const older = node.type === 'Upsample' || emit.opset < 11;
  const scales = node.inputs[older ? 1 : 2] ?? '';
  if (older && scales === '') throw new Unsupported('Upsample by an attribute to other than blocks');
  const nothing = emit.floats(new Float32Array(), [0]);
  if (scales === '' || emit.shape(scales)[0] === 0) return [nothing, nothing, emit.integers(input.map((_, i) => (i === 0 ? (input[axis] ?? 1) : i === axis ? after : 1)))];
  return older ? [scalesAlong(node, emit, scales, input.length, axis)] : [nothing, scalesAlong(node, emit, scales, input.length, axis)];
}

/** The node's scale of this axis among ones: lengths alone do not tell a scale that was rounded. */
function scalesAlong(node: GraphNode, emit: Emitter, scales: string, rank: number, axis: number): string {
  const at = listOf(node, 'axes')?.map((given) => (given < 0 ? given + rank : given)).indexOf(axis) ?? axis;
  const ones = (count: number): readonly string[] => (count === 0 ? [] : [emit.floats(new Float32Array(count).fill(1), [count])]);
  return emit.op('Concat', [...ones(axis), emit.slice(scales, [at], [at + 1]), ...ones(rank - axis - 1)], { axis: 0 });
}
