// An ArtifactError as half a sentence an analyst reads ("the weights lack the tensor …"), nothing of it left out: the file,
// the tensor or field, what was expected and what was found. It begins small and has no full stop.
import type { ArtifactErrorFields } from './artifact-error.ts';
import { firstOfKind } from './problem-groups.ts';
import { shown } from './shown.ts';

const MAX_SHOWN = 160;

/** How readers name a part of a tensor's entry: safetensors' keys, GGUF's columns. */
const PART_OF_TENSOR = /(?:\.(?:dtype|shape|data_offsets)| \((?:type|shape|offset)\))$/;

function tensorOf(field: string): string {
  return field.replace(PART_OF_TENSOR, '');
}

export function plainError({ code, format, file, offset, field, expected, actual }: ArtifactErrorFields): string {
  const text = (value: string | undefined): string => shown(value ?? '', MAX_SHOWN);
  const place = file === undefined || file === '' ? '' : ` in ${text(file)}`;
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  const both = expected === undefined ? (actual === undefined ? '' : `: found ${text(actual)}`) : `: expected ${text(expected)}${actual === undefined ? '' : `, found ${text(actual)}`}`;
  switch (code) {
    case 'missing-tensor':
      return `the weights${file?.endsWith('.index.json') === true ? ` that ${text(file)} names` : place} lack the tensor ${text(field)}${expected === undefined ? '' : `: expected ${text(expected)}${actual === undefined || actual === 'nothing' ? '' : `, found ${text(actual)}`}`}`;
    case 'shape-mismatch':
      if (field?.endsWith('.data_offsets') === true) return `the data_offsets of the tensor ${text(tensorOf(field))}${place} do not fit its type and shape${both}`;
      return `${field === undefined ? 'a tensor' : `the tensor ${text(tensorOf(field))}`}${place} has another shape than ${field !== undefined && tensorOf(field) !== field ? 'its type' : 'the rest of the model'} asks for${both}`;
    case 'unsupported-architecture':
      if (actual === undefined || actual === 'nothing') return `its configuration names no architecture${field === undefined ? '' : ` (${text(field)})`}${expected === undefined ? '' : `: expected one of ${text(expected)}`}`;
      return `its architecture, ${text(actual)}, is none that Assay can run${expected === undefined ? '' : ` (${text(expected)})`}`;
    case 'unsupported-dtype':
      return `${field === undefined ? 'a tensor' : `the tensor ${text(tensorOf(field))}`}${place} is stored in a number format that Assay cannot run${both}`;
    case 'unsupported-format':
      return format === 'drop' ? `it holds no model that Assay can run${both}` : `its format cannot be run${place}${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'truncated':
      return `${file === undefined ? 'a file' : text(file)} is cut off${offset === undefined ? '' : `: what begins at byte ${offset} does not end in it`}${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'missing-file':
      if (file !== undefined && field !== undefined) return `what ${text(file)} names is missing (${text(field)})${both}`;
      return `${file === undefined ? 'a file' : text(file)} is missing${field === undefined ? '' : ` (${text(field)})`}${both}`;
    case 'missing-tokenizer':
      return `it brings no tokenizer that can be read${expected === undefined ? '' : ` (${text(expected)})`}${actual === undefined || actual.startsWith('none') ? '' : `: found ${text(actual)}`}`;
    case 'invalid-config':
      return `${file === undefined || file === '' ? 'its configuration' : text(file)} cannot be right${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'unsupported-setting':
      return `${file === undefined || file === '' ? 'its configuration' : text(file)} asks for what Assay does not compute${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'malformed':
      return `${file === undefined ? `the ${format}` : text(file)} is malformed${at}${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'limit-exceeded':
      if (format === 'model' && field === 'context') return `a prompt is longer than its context holds${both}`;
      return `${file === undefined ? `the ${format}` : text(file)} asks for more than any honest file${field === undefined ? '' : ` (${text(field)})`}${both}`;
    case 'too-large':
      return `it is too large to be run here${field === undefined ? '' : ` (${text(field)})`}${both}`;
    case 'runtime-failure':
      if (format === 'model') return `what it gives cannot be judged${field === undefined ? '' : ` (${text(field)})`}${both}`;
      return `the runtime gave up on it${place}${field === undefined ? '' : `, ${text(field)}`}${both}`;
  }
}

/** What cannot be there because of it: files that end too early, are not there, or cannot be read. */
const CAUSES: Partial<Record<ArtifactErrorFields['code'], readonly ArtifactErrorFields['code'][]>> = {
  'missing-tensor': ['truncated', 'missing-file', 'unsupported-format', 'malformed', 'limit-exceeded'],
  'missing-file': ['malformed', 'truncated', 'limit-exceeded', 'missing-file'],
  'missing-tokenizer': ['malformed', 'truncated', 'limit-exceeded', 'unsupported-format'],
};

/** Formats of the problems that take tensors away; 'hugging-face': a folder's weights as a whole. */
const WEIGHTS = new Set(['safetensors', 'gguf', 'onnx', 'hugging-face']);

/** Weights that no file laid beside them would make readable. */
const UNREADABLE = new Set<ArtifactErrorFields['code']>(['unsupported-dtype', 'unsupported-format', 'truncated']);

export function reasonNotRun(error: ArtifactErrorFields, problems: readonly ArtifactErrorFields[]): string {
  return plainError(causeNotRun(error, problems));
}

/** Of what is missed, its cause: a tensor of a file that is cut off is not lacking, and a malformed configuration not missing. */
export function causeNotRun(error: ArtifactErrorFields, problems: readonly ArtifactErrorFields[]): ArtifactErrorFields {
  const causes = CAUSES[error.code] ?? [];
  if (error.code === 'missing-tensor') {
    const cause = problems.find((problem) => namesTensor(problem, error.field)) ?? problems.find((problem) => causes.includes(problem.code) && (problem.code === 'missing-file' || WEIGHTS.has(problem.format) || ofIndex(problem)) && takesTensors(problem, error));
    // A graph asks for its tensors in an order of its own: of many behind one cut the first in the file is told.
    return cause === undefined ? error : firstOfKind(cause, problems);
  }
  // In GGUF the tokenizer stands in the one file that there is.
  const whole = error.code === 'missing-tokenizer' && error.format === 'gguf' ? problems.find(({ code, format }) => format === 'gguf' && causes.includes(code)) : undefined;
  if (whole !== undefined) return whole;
  // One file of a model, dropped alone, lacks the others too: what is wrong with it says more.
  const unreadable = causes.length === 0 ? undefined : problems.find(({ code, format }) => UNREADABLE.has(code) && format !== 'hugging-face' && WEIGHTS.has(format));
  return problems.find(({ code, file }) => causes.includes(code) && sameFile(error, file)) ?? unreadable ?? error;
}

/** The reader has said of this very tensor why it cannot be used, or the index in which file it should be. */
function namesTensor({ code, format, field }: ArtifactErrorFields, tensor: string | undefined): boolean {
  if (tensor === undefined || field === undefined || (!WEIGHTS.has(format) && code !== 'missing-tensor')) return false;
  const name = tensorOf(field);
  return name === tensor || name.endsWith(`.${tensor}`);
}

/** What an index of shards says of where tensors lie. */
function ofIndex({ field }: ArtifactErrorFields): boolean {
  return field?.startsWith('weight_map') === true;
}

/** Where tensors were read (the error names their file), what is malformed about one of them, or between them, takes no other away. */
function takesTensors({ code, field }: ArtifactErrorFields, { file }: ArtifactErrorFields): boolean {
  return code !== 'malformed' || file === undefined || field === undefined || /^(?:header|magic)/.test(field);
}

/** A missing configuration is named by its field, a tokenizer by what was expected. */
function sameFile({ file, field, expected }: ArtifactErrorFields, other: string | undefined): boolean {
  const name = other?.split('/').at(-1);
  return name !== undefined && [file?.split('/').at(-1), field, expected].includes(name);
}
