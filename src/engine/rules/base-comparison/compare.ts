// Two models compared tensor by tensor: what was added, removed, reshaped, changed, and by how much. Streamed in pieces; the
// numbers of float tensors are compared as numbers, others byte by byte. A change that a thin product explains (LoRA merged
// into weights, a rank-one edit) is told by the share of its energy in few directions.
import { elementCount } from '../../artifact/dtype.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import type { Bytes } from '../../core/units.ts';
import { halfToNumber } from '../../graph/dequantize.ts';

/** A tensor where it stands; with its digest, equal ones need not be read. */
export interface ComparedTensor {
  readonly name: string;
  readonly dtype: string;
  /** Empty for a scalar, and for a storage of which only the bytes are known. */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly sha256?: string;
}

export interface TensorChange {
  readonly name: string;
  readonly shape: readonly number[];
  /** |new - old| / |old|, Frobenius; undefined where the numbers are not read (quantised or of another type). */
  readonly relative: number | undefined;
  /** |new - old|, Frobenius (L2 over all elements). */
  readonly l2: number | undefined;
  /** The largest |new - old| of one element. */
  readonly largest: number | undefined;
  /** Share of the elements that differ. */
  readonly changed: number | undefined;
  /** Largest number of elements that one row has changed, over the mean of rows: 1 where all rows change alike. */
  readonly rowFocus: number | undefined;
  /** Share of the change's energy in its first direction: near 1 for a rank-one edit. */
  readonly firstDirection: number | undefined;
}

export interface Comparison {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly reshaped: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** Largest relative change first. */
  readonly changed: readonly TensorChange[];
  readonly same: number;
}

const CHUNK: Bytes = 4 * 2 ** 20;
/** Directions are told for matrices up to this many elements; larger ones take too long. */
const MAX_DIRECTION_ELEMENTS = 16 * 2 ** 20;
const POWER_STEPS = 12;

/** By name; both in the shape they are stored in. */
export async function compareTensors(subject: ReadonlyMap<string, ComparedTensor>, base: ReadonlyMap<string, ComparedTensor>, signal: CancelSignal): Promise<Comparison> {
  const added = [...subject.keys()].filter((name) => !base.has(name)).sort();
  const removed = [...base.keys()].filter((name) => !subject.has(name)).sort();
  const reshaped: Comparison['reshaped'][number][] = [];
  const changed: TensorChange[] = [];
  let same = 0;
  for (const [name, tensor] of subject) {
    const other = base.get(name);
    if (other === undefined) continue;
    await breathe(signal);
    if (tensor.shape.join() !== other.shape.join()) {
      reshaped.push({ name, from: other.shape.join(' x '), to: tensor.shape.join(' x ') });
      continue;
    }
    if (tensor.sha256 !== undefined && tensor.sha256 === other.sha256 && tensor.dtype === other.dtype) {
      same++;
      continue;
    }
    const change = await compareOne(name, tensor, other, signal);
    if (change === undefined) same++;
    else changed.push(change);
  }
  changed.sort((a, b) => (b.relative ?? Number.POSITIVE_INFINITY) - (a.relative ?? Number.POSITIVE_INFINITY) || (a.name < b.name ? -1 : 1));
  return { added, removed, reshaped, changed, same };
}

type Read = (view: DataView, at: Bytes) => number;

const READERS: Readonly<Record<string, { readonly bytes: Bytes; readonly read: Read }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: bfloat },
};

const WIDE = new DataView(new ArrayBuffer(4));

function bfloat(view: DataView, at: Bytes): number {
  WIDE.setUint32(0, (view.getUint16(at, true) << 16) >>> 0);
  return WIDE.getFloat32(0);
}

/** Undefined where nothing differs. */
async function compareOne(name: string, tensor: ComparedTensor, other: ComparedTensor, signal: CancelSignal): Promise<TensorChange | undefined> {
  const [own, old] = [READERS[tensor.dtype], READERS[other.dtype]];
  const plain = { name, shape: tensor.shape, relative: undefined, l2: undefined, largest: undefined, changed: undefined, rowFocus: undefined, firstDirection: undefined };
  if (own === undefined || old === undefined) return tensor.dtype === other.dtype && (await sameBytes(tensor, other, signal)) ? undefined : plain;
  const room = Math.min((tensor.end - tensor.begin) / own.bytes, (other.end - other.begin) / old.bytes);
  const count = tensor.shape.length === 0 ? Math.floor(room) : (elementCount(tensor.shape) ?? 0);
  if (count > room || tensor.end - tensor.begin !== count * own.bytes || other.end - other.begin !== count * old.bytes) return plain;
  const columns = tensor.shape.length >= 2 ? (tensor.shape.at(-1) ?? 1) : 1;
  const rows = columns > 0 ? count / columns : 0;
  const perRow = new Float64Array(Math.max(1, Math.ceil(rows)));
  const delta = rows > 1 && columns > 1 && count <= MAX_DIRECTION_ELEMENTS ? new Float32Array(count) : undefined;
  let [difference, size, changed, largest] = [0, 0, 0, 0];
  const step = Math.floor(CHUNK / Math.max(own.bytes, old.bytes));
  for (let from = 0; from < count; from += step) {
    await breathe(signal);
    const to = Math.min(count, from + step);
    const [a, b] = await Promise.all([pieceOf(tensor, from, to, own.bytes), pieceOf(other, from, to, old.bytes)]);
    for (let i = 0; i < to - from; i++) {
      const [now, before] = [own.read(a, i * own.bytes), old.read(b, i * old.bytes)];
      size += before * before;
      if (now === before || (Number.isNaN(now) && Number.isNaN(before))) continue;
      const distance = now - before;
      difference += distance * distance;
      changed++;
      largest = Math.max(largest, Math.abs(distance));
      const row = Math.floor((from + i) / columns);
      perRow[row] = (perRow[row] ?? 0) + distance * distance;
      if (delta !== undefined) delta[from + i] = distance;
    }
  }
  if (changed === 0) return undefined;
  const most = perRow.reduce((max, value) => Math.max(max, value), 0);
  return {
    name,
    shape: tensor.shape,
    relative: size === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(difference / size),
    l2: Math.sqrt(difference),
    largest,
    changed: changed / count,
    rowFocus: difference > 0 ? most / (difference / perRow.length) : undefined,
    firstDirection: delta === undefined ? undefined : firstDirectionShare(delta, rows, columns, difference),
  };
}

async function pieceOf({ source, begin }: ComparedTensor, from: number, to: number, bytes: Bytes): Promise<DataView> {
  const piece = await source.slice(begin + from * bytes, begin + to * bytes);
  return piece.byteLength === (to - from) * bytes ? new DataView(piece.buffer, piece.byteOffset, piece.byteLength) : new DataView(new ArrayBuffer((to - from) * bytes));
}

async function sameBytes(a: ComparedTensor, b: ComparedTensor, signal: CancelSignal): Promise<boolean> {
  if (a.end - a.begin !== b.end - b.begin) return false;
  for (let at = 0; at < a.end - a.begin; at += CHUNK) {
    await breathe(signal);
    const end = Math.min(a.end - a.begin, at + CHUNK);
    const [x, y] = await Promise.all([a.source.slice(a.begin + at, a.begin + end), b.source.slice(b.begin + at, b.begin + end)]);
    if (x.byteLength !== y.byteLength || x.some((byte, i) => byte !== y[i])) return false;
  }
  return true;
}

/**
 * sigma_1^2 / |delta|^2 by power iteration. delta: [rows, columns], row-major. Between 0 and 1; a change spread over many
 * directions gives little, noise of full rank about 1 / min(rows, columns).
 */
export function firstDirectionShare(delta: Float32Array, rows: number, columns: number, energy: number): number {
  if (!(energy > 0) || !Number.isFinite(energy)) return Number.NaN;
  const random = seeded(1, 'first-direction');
  let right = Float64Array.from({ length: columns }, () => random.next() - 0.5);
  const left = new Float64Array(rows);
  let sigma = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const length = Math.hypot(...chunked(right));
    if (!(length > 0)) return 0;
    for (let j = 0; j < columns; j++) right[j] = (right[j] ?? 0) / length;
    const next = new Float64Array(columns);
    sigma = 0;
    for (let i = 0; i < rows; i++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) dot += (delta[i * columns + j] ?? 0) * (right[j] ?? 0);
      left[i] = dot;
      sigma += dot * dot;
      for (let j = 0; j < columns; j++) next[j] = (next[j] ?? 0) + dot * (delta[i * columns + j] ?? 0);
    }
    right = next;
  }
  return Math.min(1, sigma / energy);
}

/** Norms of parts: Math.hypot takes only so many arguments. */
function chunked(values: Float64Array): number[] {
  const parts: number[] = [];
  for (let at = 0; at < values.length; at += 4096) parts.push(Math.sqrt(values.subarray(at, at + 4096).reduce((sum, value) => sum + value * value, 0)));
  return parts;
}
