// From rows in the analyst's units to the tensors that a classifier's graph takes.
import { ONNX_TYPE } from '../graph/onnx-model.ts';
import type { OnnxPort } from '../graph/onnx-reader.ts';
import type { ImageBatch, ImageSpec, TabularBatch, TextBatch, TextSpec } from './classifier.ts';
import { integers } from './head-feeds.ts';
import type { HostTensor } from './session.ts';

/** How the rows of one task become feeds. `filled`: rows that the graph wants in one run, where that is fixed. */
export interface Feeder<Batch> {
  rows(batch: Batch): number;
  /** Elements of one row that count for budgets and batch sizes. */
  lengths(batch: Batch): readonly number[];
  take(batch: Batch, rows: readonly number[]): Batch;
  feeds(batch: Batch, filled: number): Record<string, HostTensor>;
}

export interface TextPorts {
  readonly main: OnnxPort;
  readonly mask: OnnxPort | undefined;
  readonly types: OnnxPort | undefined;
  readonly positions: OnnxPort | undefined;
  /** Length that the graph fixes; undefined where rows may be of any length. */
  readonly fixedLength: number | undefined;
  /** Tokens below which the graph does not run, special ones included: shorter rows are filled up; 1 where it takes any. */
  readonly leastLength: number;
  /** Position of the first token: 0, or pad + 1 in RoBERTa. */
  readonly firstPosition: number;
}

export function textFeeder({ prefix, suffix, padId, maxTokens }: TextSpec, ports: TextPorts): Feeder<TextBatch> {
  const whole = (row: readonly number[]): readonly number[] => [...prefix, ...row.slice(0, maxTokens), ...suffix];
  const lengthOf = (tokens: number): number => prefix.length + suffix.length + Math.min(tokens, maxTokens);
  /** Of the shortest rows that are run. */
  const least = ({ filledTo }: TextBatch): number => (filledTo === undefined ? ports.leastLength : Math.max(ports.leastLength, lengthOf(filledTo)));
  return {
    rows: ({ rows }) => rows.length,
    lengths: (batch) => batch.rows.map((row) => ports.fixedLength ?? Math.max(least(batch), lengthOf(row.length))),
    take: (batch, wanted) => ({ ...batch, rows: wanted.map((row) => batch.rows[row] ?? []) }),
    feeds(batch, filled) {
      const wholes = batch.rows.map(whole);
      const length = ports.fixedLength ?? wholes.reduce((longest, row) => Math.max(longest, row.length), least(batch));
      const dims = [filled, length];
      const fill = (port: OnnxPort, value: (row: readonly number[], column: number) => number): HostTensor => {
        const values = new Array<number>(filled * length).fill(0);
        for (let row = 0; row < filled; row++) for (let column = 0; column < length; column++) values[row * length + column] = value(wholes[row] ?? wholes[0] ?? [], column);
        return integers(port.elementType === ONNX_TYPE.int32 ? 'int32' : 'int64', dims, values);
      };
      const feeds: Record<string, HostTensor> = { [ports.main.name]: fill(ports.main, (row, column) => row[column] ?? padId) };
      if (ports.mask !== undefined) feeds[ports.mask.name] = fill(ports.mask, (row, column) => (column < row.length ? 1 : 0));
      if (ports.types !== undefined) feeds[ports.types.name] = fill(ports.types, () => 0);
      if (ports.positions !== undefined) feeds[ports.positions.name] = fill(ports.positions, (row, column) => ports.firstPosition + Math.min(column, row.length - 1));
      return feeds;
    },
  };
}

export function imageFeeder({ channels, height, width, layout, type, preprocessing }: ImageSpec, port: OnnxPort): Feeder<ImageBatch> {
  const plane = height * width;
  const size = channels * plane;
  const { scale, mean, std } = preprocessing;
  return {
    rows: ({ rows }) => rows,
    lengths: ({ rows }) => new Array<number>(rows).fill(size),
    take: ({ pixels }, wanted) => ({ kind: 'image', rows: wanted.length, pixels: gather(pixels, wanted, size) }),
    feeds({ rows, pixels }, filled) {
      const values = new Float32Array(filled * size);
      for (let row = 0; row < filled; row++) {
        const from = Math.min(row, rows - 1) * size;
        for (let channel = 0; channel < channels; channel++) {
          const [shift, spread] = [mean[channel] ?? 0, std[channel] ?? 1];
          for (let at = 0; at < plane; at++) {
            const target = layout === 'nchw' ? channel * plane + at : at * channels + channel;
            values[row * size + target] = ((pixels[from + channel * plane + at] ?? 0) * scale - shift) / spread;
          }
        }
      }
      const rank = port.dims?.length;
      const dims = rank === 2 ? [filled, size] : rank === 3 ? [filled, height, width] : layout === 'nchw' ? [filled, channels, height, width] : [filled, height, width, channels];
      return { [port.name]: tensorOf(type, dims, values) };
    },
  };
}

export function tabularFeeder(features: number, port: OnnxPort): Feeder<TabularBatch> {
  return {
    rows: ({ rows }) => rows,
    lengths: ({ rows }) => new Array<number>(rows).fill(features),
    take: ({ values }, wanted) => ({ kind: 'tabular', rows: wanted.length, values: gather(values, wanted, features) }),
    feeds({ rows, values }, filled) {
      const order = Array.from({ length: filled }, (_, row) => Math.min(row, rows - 1));
      return { [port.name]: { type: 'float32', dims: [filled, features], data: gather(values, order, features) } };
    },
  };
}

function gather(values: Float32Array, rows: readonly number[], size: number): Float32Array {
  const taken = new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) taken.set(values.subarray(row * size, (row + 1) * size), at * size);
  return taken;
}

function tensorOf(type: ImageSpec['type'], dims: readonly number[], values: Float32Array): HostTensor {
  if (type === 'uint8') return { type, dims, data: Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round(value)))) };
  if (type === 'float16') return { type, dims, data: Uint16Array.from(values, halfBits) };
  return { type, dims, data: values };
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of the nearest IEEE half, ties to even; too large becomes infinity, too small becomes zero. */
export function halfBits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (((bits >>> 23) & 255) === 255 && fraction !== 0 ? 1 : 0);
  if (exponent <= 0) return sign | Math.round(Math.abs(value) * 2 ** 24);
  const whole = (exponent << 23) | fraction;
  const rounded = whole + 0xfff + ((whole >>> 13) & 1);
  return sign | (rounded >>> 13);
}
