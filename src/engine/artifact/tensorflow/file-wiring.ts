// Which constant texts reach the operators that take names of files: constants, and operators that hand a text on or put texts
// together, followed backwards inside one graph or function. Texts that come in through arguments are not followed.
import type { Bytes } from '../../core/units.ts';
import type { WireField, WireReader } from '../../graph/wire-reader.ts';

export interface OperatorUse {
  readonly operator: string;
  readonly node: string;
  /** Function it stands in; empty for the main graph. */
  readonly inside: string;
  readonly offset: Bytes;
}

/** A constant text that an operator takes for the name of a file. */
export interface NamedFile {
  readonly operator: string;
  readonly node: string;
  readonly inside: string;
  readonly path: string;
  readonly offset: Bytes;
}

/** Which inputs are names of files (tensorflow/core/ops/io_ops.cc, lookup_ops.cc). */
const NAMES: ReadonlyMap<string, readonly number[]> = new Map([
  ['Save', [0]], ['SaveSlices', [0]], ['SaveV2', [0]], ['Restore', [0]], ['RestoreSlice', [0]], ['RestoreV2', [0]],
  ['MergeV2Checkpoints', [0, 1]], ['InitializeTableFromTextFile', [1]], ['InitializeTableFromTextFileV2', [1]],
]);
/** Hand on what their inputs say; of those that join, the first part decides where a name leads. */
const HANDS_ON = new Set(['Identity', 'StringJoin', 'ShardedFilename', 'PlaceholderWithDefault', 'Pack', 'ExpandDims', 'Reshape', 'Squeeze', 'Snapshot', 'StopGradient', 'Select', 'SelectV2', 'ConcatV2', 'IdentityN']);

const MAX_INPUTS = 32;
const MAX_STEPS = 64;
const MAX_NODES = 200_000;
const LONGEST_TENSOR: Bytes = 2 ** 16;
const LONGEST_PATH: Bytes = 1024;
const MAX_TEXTS = 64;
/** Of one graph or function: many operators can take their names from the same few constants (CWE-770). */
const MAX_FILES = 20_000;

interface Wired {
  readonly use: OperatorUse;
  readonly inputs: readonly string[];
  readonly texts: readonly string[];
}

/** 'node', 'node:1', 'node:output:0', '^node': the node. */
export function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:.*$/s, '');
}

export class FileWiring {
  readonly #nodes = new Map<string, Wired>();

  static needs(operator: string): boolean {
    return operator === 'Const' || NAMES.has(operator) || HANDS_ON.has(operator);
  }

  async add(reader: WireReader, use: OperatorUse, fields: readonly WireField[]): Promise<void> {
    if (this.#nodes.size >= MAX_NODES) return;
    if (use.operator === 'Const') {
      const texts = await constantTexts(reader, fields);
      if (texts.length > 0) this.#nodes.set(use.node, { use, inputs: [], texts });
      return;
    }
    const inputs: string[] = [];
    for (const field of fields) if (field.number === 3 && field.wire === 2 && inputs.length < MAX_INPUTS) inputs.push(nodeOf(await stringOf(reader, field)));
    this.#nodes.set(use.node, { use, inputs, texts: [] });
  }

  /** Every constant that arrives where a name of a file is taken; `fed`: nodes whose text the loader replaces. */
  files(inside: string, fed: ReadonlySet<string> = new Set()): NamedFile[] {
    const found: NamedFile[] = [];
    for (const { use, inputs } of this.#nodes.values()) {
      for (const at of NAMES.get(use.operator) ?? []) {
        for (const path of this.#reaching(inputs[at], fed)) if (found.length < MAX_FILES) found.push({ operator: use.operator, node: use.node, inside, path, offset: use.offset });
      }
    }
    return found;
  }

  #reaching(from: string | undefined, fed: ReadonlySet<string>): string[] {
    const texts: string[] = [];
    const seen = new Set<string>();
    const stack = from === undefined ? [] : [from];
    for (let name = stack.pop(); name !== undefined && seen.size < MAX_STEPS; name = stack.pop()) {
      const node = this.#nodes.get(name);
      if (node === undefined || seen.has(name) || fed.has(name)) continue;
      seen.add(name);
      texts.push(...node.texts);
      const joins = node.use.operator === 'StringJoin' || node.use.operator === 'ShardedFilename';
      stack.push(...(joins ? node.inputs.slice(0, 1) : node.inputs));
    }
    return texts;
  }
}

/** AttrValue 'value': tensor = 8; TensorProto: string_val = 8. */
async function constantTexts(reader: WireReader, fields: readonly WireField[]): Promise<string[]> {
  const texts: string[] = [];
  for (const attribute of fields) {
    if (attribute.number !== 5 || attribute.wire !== 2 || attribute.end - attribute.begin > LONGEST_TENSOR) continue;
    const [key, value] = await reader.fields(attribute.begin, attribute.end);
    if (key === undefined || value === undefined || (await stringOf(reader, key)) !== 'value') continue;
    for (const tensor of await reader.fields(value.begin, value.end)) {
      if (tensor.number !== 8 || tensor.wire !== 2) continue;
      for (const text of await reader.fields(tensor.begin, tensor.end)) if (text.number === 8 && text.wire === 2 && texts.length < MAX_TEXTS) texts.push(await stringOf(reader, text));
    }
  }
  return texts;
}

async function stringOf({ source }: WireReader, { begin, end }: WireField): Promise<string> {
  return new TextDecoder('utf-8').decode(await source.slice(begin, Math.min(end, begin + LONGEST_PATH)));
}
