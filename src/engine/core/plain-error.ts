// An ArtifactError as half a sentence an analyst reads ("the weights lack the tensor …"), nothing of it left out: the file,
// the tensor or field, what was expected and what was found. It begins small and has no full stop.
import type { ArtifactErrorFields } from './artifact-error.ts';
import { shown } from './shown.ts';

const MAX_SHOWN = 160;

export function plainError({ code, format, file, offset, field, expected, actual }: ArtifactErrorFields): string {
  const text = (value: string | undefined): string => shown(value ?? '', MAX_SHOWN);
  const place = file === undefined || file === '' ? '' : ` in ${text(file)}`;
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  const both = expected === undefined ? (actual === undefined ? '' : `: found ${text(actual)}`) : `: expected ${text(expected)}${actual === undefined ? '' : `, found ${text(actual)}`}`;
  switch (code) {
    case 'missing-tensor':
      return `the weights${place} lack the tensor ${text(field)}${expected === undefined ? '' : `: expected ${text(expected)}${actual === undefined || actual === 'nothing' ? '' : `, found ${text(actual)}`}`}`;
    case 'shape-mismatch':
      return `${field === undefined ? 'a tensor' : `the tensor ${text(field)}`}${place} has another shape than the rest of the model asks for${both}`;
    case 'unsupported-architecture':
      return `its architecture, ${text(actual ?? 'unknown')}, is none that Assay can run${expected === undefined ? '' : ` (${text(expected)})`}`;
    case 'unsupported-dtype':
      return `${field === undefined ? 'a tensor' : `the tensor ${text(field)}`}${place} is stored as ${text(actual ?? 'something unknown')}, which Assay cannot run${expected === undefined ? '' : ` (${text(expected)})`}`;
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
      return `its configuration cannot be right${place}${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'malformed':
      return `${file === undefined ? `the ${format}` : text(file)} is malformed${at}${field === undefined ? '' : `, ${text(field)}`}${both}`;
    case 'limit-exceeded':
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
  'missing-tokenizer': ['malformed', 'truncated', 'limit-exceeded'],
};

/** Formats of the problems that take tensors away; 'hugging-face': a folder's weights as a whole. */
const WEIGHTS = new Set(['safetensors', 'gguf', 'onnx', 'hugging-face']);

/** Of what is missed, its cause: a tensor of a file that is cut off is not lacking, and a malformed configuration not missing. */
export function reasonNotRun(error: ArtifactErrorFields, problems: readonly ArtifactErrorFields[]): string {
  const causes = CAUSES[error.code] ?? [];
  const cause = problems.find(({ code, file, format }) => causes.includes(code) && (error.code === 'missing-tensor' ? code === 'missing-file' || WEIGHTS.has(format) : sameFile(error, file)));
  return plainError(cause ?? error);
}

/** A missing configuration is named by its field, a tokenizer by what was expected. */
function sameFile({ file, field, expected }: ArtifactErrorFields, other: string | undefined): boolean {
  const name = other?.split('/').at(-1);
  return name !== undefined && [file?.split('/').at(-1), field, expected].includes(name);
}
