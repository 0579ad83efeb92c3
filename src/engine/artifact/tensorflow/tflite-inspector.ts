// TensorFlow Lite models (tensorflow/lite/schema/schema.fbs, FlatBuffers with identifier TFL3): the operator codes, custom
// ones by name. Subgraphs, buffers and metadata are not read. A zip of associated files behind the model is ordinary.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import type { Inspector } from '../inspect/inspection.ts';

export interface TfliteContent {
  readonly operators: readonly { readonly builtin: number; readonly custom: string | undefined; readonly offset: Bytes }[];
}

const MAX_OPERATORS = 10_000;
const OPERATOR_CODES = 1;

export const tfliteInspector: Inspector<TfliteContent> = {
  format: 'tflite',
  match: ({ source, head }) => {
    if (new TextDecoder('latin1').decode(head.subarray(4, 8)) === 'TFL3') return { format: 'tflite', sure: 'certain', why: "the identifier 'TFL3' at byte 4" };
    return /\.tflite$/i.test(source.path) ? { format: 'tflite', sure: 'name', why: 'the name ends in .tflite' } : undefined;
  },
  async inspect(source, desk) {
    const buffer = new FlatTables(source);
    const root = await buffer.u32(0);
    const codes = await buffer.field(root, OPERATOR_CODES);
    const operators: TfliteContent['operators'][number][] = [];
    if (codes !== undefined) {
      const vector = codes + (await buffer.u32(codes));
      const count = await buffer.u32(vector);
      if (count > MAX_OPERATORS || vector + 4 + 4 * count > source.size) throw new ArtifactError({ code: 'limit-exceeded', format: 'tflite', file: source.path, offset: vector, field: 'operator codes', expected: `at most ${MAX_OPERATORS} within the file`, actual: `${count}` });
      for (let i = 0; i < count; i++) {
        const at = vector + 4 + 4 * i;
        const table = at + (await buffer.u32(at));
        const [old, custom, wide] = [await buffer.field(table, 0), await buffer.field(table, 1), await buffer.field(table, 3)];
        const builtin = Math.max(old === undefined ? 0 : await buffer.u8(old), wide === undefined ? 0 : await buffer.u32(wide));
        operators.push({ builtin, custom: custom === undefined ? undefined : await buffer.text(custom), offset: table });
      }
    }
    desk.parsed(0, 8, 'identifier');
    for (const { offset } of operators) desk.parsed(offset, offset + 4, 'operator codes');
    desk.skipped(0, source.size, 'subgraphs and buffers: operators are read from their codes');
    return { operators };
  },
};

/** FlatBuffers by hand: every offset is checked against the file before it is followed. */
class FlatTables {
  constructor(private readonly source: ByteSource) {}

  async u8(at: Bytes): Promise<number> {
    return (await this.#take(at, 1)).getUint8(0);
  }

  async u32(at: Bytes): Promise<number> {
    return (await this.#take(at, 4)).getUint32(0, true);
  }

  /** Where the field's value stands; undefined where the table does not have it. */
  async field(table: Bytes, index: number): Promise<Bytes | undefined> {
    const back = (await this.#take(table, 4)).getInt32(0, true);
    const vtable = table - back;
    const size = (await this.#take(vtable, 2)).getUint16(0, true);
    const entry = 4 + 2 * index;
    if (entry + 2 > size) return undefined;
    const offset = (await this.#take(vtable + entry, 2)).getUint16(0, true);
    return offset === 0 ? undefined : table + offset;
  }

  async text(at: Bytes): Promise<string> {
    const begin = at + (await this.u32(at));
    const length = Math.min(await this.u32(begin), 1024);
    return new TextDecoder('utf-8').decode(await this.source.slice(begin + 4, begin + 4 + length));
  }

  async #take(at: Bytes, count: Bytes): Promise<DataView> {
    if (at < 0 || at + count > this.source.size) throw new ArtifactError({ code: 'truncated', format: 'tflite', file: this.source.path, offset: at, field: 'table', expected: `an offset within ${this.source.size} bytes`, actual: String(at) });
    return new DataView((await this.source.slice(at, at + count)).buffer);
  }
}
