// Files of a drop that are models too, only of a kind that is not fingerprinted: each is named with what it is, by content first. A
// pickle is taken apart (engine/artifact/pickle) and never loaded; what it would import is told.
import { MODEL_NAMES } from '../artifact/formats/model-names.ts';
import { runPickle } from '../artifact/pickle/machine.ts';
import { looksLikePickle } from '../artifact/pickle/match-pickle.ts';
import type { ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { CancelSignal } from '../core/cancel.ts';

export interface RefusedFile {
  readonly name: string;
  readonly reason: ArtifactErrorFields;
}

const HEAD = 4096;
/** A first look: the Audit page takes the file apart in full. */
const MAX_INSTRUCTIONS = 100_000;
const IMPORTS_NAMED = 3;

/** @returns a reason for each file that is a model, and the paths of the others */
export async function refuseOtherModels(sources: readonly ByteSource[], signal: CancelSignal): Promise<{ readonly refused: readonly RefusedFile[]; readonly leftAside: readonly string[] }> {
  const refused: RefusedFile[] = [];
  const leftAside: string[] = [];
  for (const source of sources) {
    const found = await describeOther(source, signal);
    if (found === undefined) leftAside.push(source.path);
    else refused.push(refusal(source.path, found));
  }
  return { refused, leftAside };
}

/** A pickle under whatever name: undefined where the file is none. */
export async function refusePickle(source: ByteSource, name: string, signal: CancelSignal): Promise<RefusedFile | undefined> {
  const head = await source.slice(0, Math.min(HEAD, source.size));
  return looksLikePickle(head, source.size) ? refusal(name, await describePickle(source, signal)) : undefined;
}

function refusal(name: string, actual: string): RefusedFile {
  return { name, reason: { code: 'unsupported-format', format: 'fingerprint', file: name, expected: 'an ONNX classifier, or a folder with config.json and safetensors', actual } };
}

async function describeOther(source: ByteSource, signal: CancelSignal): Promise<string | undefined> {
  const head = await source.slice(0, Math.min(HEAD, source.size));
  if (looksLikePickle(head, source.size)) return describePickle(source, signal);
  if (!MODEL_NAMES.test(source.path)) return undefined;
  if (head[0] === 0x50 && head[1] === 0x4b) return 'a zip archive (PyTorch, Keras): what it holds may be code and is not loaded; audit it by itself';
  const ending = source.path.slice(source.path.lastIndexOf('.'));
  return ending === '.safetensors' ? 'weights without the config.json that says what they are' : `a ${ending} file`;
}

async function describePickle(source: ByteSource, signal: CancelSignal): Promise<string> {
  const { imports } = await runPickle(source, { signal, maxInstructions: MAX_INSTRUCTIONS });
  const names = [...new Set(imports.map(({ value: { module, name } }) => `${module ?? '?'}.${name ?? '?'}`))];
  const told = names.length === 0 ? '' : ` that would import ${names.slice(0, IMPORTS_NAMED).join(', ')}${names.length > IMPORTS_NAMED ? ` and ${names.length - IMPORTS_NAMED} more` : ''}`;
  return `a Python pickle${told}: loading one runs code, so it is not loaded; audit it by itself`;
}
