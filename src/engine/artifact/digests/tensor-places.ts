// Where the tensors of a drop stand, whatever format names them: safetensors, GGUF, ONNX (own and external data), storages of
// torch archives and of what torch.save wrote before 1.6. In coordinates of the drop's files, so that one pass over a file meets
// them in order. Tensors that stand compressed or in HDF5 are not among them: their file has a digest, they have none.
import type { Bytes } from '../../core/units.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { byteSize, ELEMENT_TYPES } from '../../graph/onnx-values.ts';
import type { OnnxTensorInfo } from '../../graph/onnx-reader.ts';
import { onnxInspector, tensorsOf } from '../formats/onnx-inspector.ts';
import { directoryOf } from '../formats/reader.ts';
import { safetensorsInspector } from '../formats/safetensors-inspector.ts';
import { ggufInspector } from '../gguf/gguf-inspector.ts';
import { contentOf, MEMBER_MARK, type InspectedFile, type Inspection } from '../inspect/inspection.ts';
import { pickleInspector } from '../pickle/pickle-inspector.ts';
import { torchStorages, type TorchStorage } from './torch-names.ts';

export interface TensorPlace {
  readonly name: string;
  /** Of safetensors and GGUF as Assay's Dtype ('F32', 'Q8_0'); others are turned into it where it has a word for them. */
  readonly dtype: string;
  /** Row-major, outermost first; empty for a storage whose tensors are views of it. */
  readonly shape: readonly number[];
  /** Path of the file (or member) that names it. */
  readonly file: string;
  /** The drop's file that holds the bytes, and the range in it. */
  readonly source: ByteSource;
  readonly begin: Bytes;
  readonly end: Bytes;
}

const ONNX_DTYPES: Readonly<Record<string, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16', float64: 'F64', int64: 'I64', int32: 'I32', int16: 'I16', int8: 'I8', uint64: 'U64', uint32: 'U32', uint16: 'U16', uint8: 'U8', bool: 'BOOL' };
const TORCH_DTYPES: Readonly<Record<string, string>> = { FloatStorage: 'F32', HalfStorage: 'F16', BFloat16Storage: 'BF16', DoubleStorage: 'F64', LongStorage: 'I64', IntStorage: 'I32', ShortStorage: 'I16', CharStorage: 'I8', ByteStorage: 'U8', BoolStorage: 'BOOL' };

export function tensorPlaces({ files }: Inspection): TensorPlace[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file) => [...ofTable(file), ...ofOnnx(file, byPath), ...ofTorch(file, byPath), ...ofLegacyTorch(file)]);
}

function ofTable(file: InspectedFile): TensorPlace[] {
  const tensors = contentOf(file, safetensorsInspector)?.tensors ?? contentOf(file, ggufInspector)?.tensors ?? [];
  return tensors.flatMap(({ name, dtype, shape, begin, end }) => {
    const place = plainRange(file, begin, end);
    return place === undefined ? [] : [{ name, dtype: dtype.replace('other:', ''), shape, file: file.path, ...place }];
  });
}

function ofOnnx(file: InspectedFile, byPath: ReadonlyMap<string, InspectedFile>): TensorPlace[] {
  const model = contentOf(file, onnxInspector);
  if (model === undefined) return [];
  const folder = directoryOf(file.path);
  return tensorsOf(model).flatMap((tensor) => {
    if (tensor.name === '') return [];
    const type = ELEMENT_TYPES.get(tensor.elementType)?.name ?? `type ${tensor.elementType}`;
    const place = onnxPlace(tensor, file, folder, byPath);
    return place === undefined ? [] : [{ name: tensor.name, dtype: ONNX_DTYPES[type] ?? type, shape: tensor.dims, file: file.path, ...place }];
  });
}

/** raw_data, or one packed field that has as many bytes: TensorProto's other ways of writing numbers are not bytes of a tensor. */
function onnxPlace(tensor: OnnxTensorInfo, file: InspectedFile, folder: string, byPath: ReadonlyMap<string, InspectedFile>): ReturnType<typeof plainRange> {
  const size = byteSize(tensor);
  const { data } = tensor;
  if (size === undefined || size === 0) return undefined;
  if (data.kind === 'inline') {
    const [part, ...others] = data.parts;
    return part !== undefined && others.length === 0 && part.end - part.begin === size ? plainRange(file, part.begin, part.end) : undefined;
  }
  const holder = byPath.get(folder === '' ? data.location : `${folder}/${data.location}`);
  return holder === undefined ? undefined : plainRange(holder, data.offset, data.offset + (data.length ?? size));
}

function ofTorch(file: InspectedFile, byPath: ReadonlyMap<string, InspectedFile>): TensorPlace[] {
  const { container, member } = file;
  if (container === undefined || member === undefined || !/(^|\/)data\.pkl$/.test(member)) return [];
  const program = contentOf(file, pickleInspector)?.programs[0];
  const prefix = `${container}${MEMBER_MARK}${member.slice(0, -'data.pkl'.length)}data/`;
  const places: TensorPlace[] = [];
  for (const [key, storage] of torchStorages(program?.result)) {
    const holder = byPath.get(`${prefix}${key}`);
    const place = holder === undefined ? undefined : plainRange(holder, 0, holder.source.size);
    if (place !== undefined) places.push({ ...describe(storage), file: container, ...place });
  }
  return places;
}

/** Five pickles, of which the fourth is the checkpoint, then the numbers. */
const LEGACY_CHECKPOINT = 3;

function ofLegacyTorch(file: InspectedFile): TensorPlace[] {
  const content = contentOf(file, pickleInspector);
  if (content === undefined || !content.legacyTorch) return [];
  const named = torchStorages(content.programs[LEGACY_CHECKPOINT]?.result);
  return content.storages.flatMap(({ key, begin, end }) => {
    const [storage, place] = [named.get(key), plainRange(file, begin, end)];
    return storage === undefined || place === undefined ? [] : [{ ...describe(storage), file: file.path, ...place }];
  });
}

function describe({ key, type, names, shape }: TorchStorage): Pick<TensorPlace, 'name' | 'dtype' | 'shape'> {
  const name = [...names].sort()[0];
  return { name: name === undefined || name === '' ? `storage ${key}` : name, dtype: TORCH_DTYPES[type] ?? type, shape: shape ?? [] };
}

/** The range in the drop's own file; undefined where it is out of bounds or made on demand by a decompressor. */
export function plainRange(file: InspectedFile, begin: Bytes, end: Bytes): Pick<TensorPlace, 'source' | 'begin' | 'end'> | undefined {
  if (!(begin >= 0 && end > begin && end <= file.source.size)) return undefined;
  let [source, shift] = [file.source, 0];
  while (source.within !== undefined) {
    shift += source.within.begin;
    source = source.within.source;
  }
  return source.path === file.root ? { source, begin: begin + shift, end: end + shift } : undefined;
}
