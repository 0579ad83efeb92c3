// What the page advises for each error; the error itself stays neutral (engine/core/artifact-error.ts).
import { isModelsOwnFailure, type ArtifactErrorCode, type ArtifactErrorFields } from '../engine/core/artifact-error.ts';

const ADVICE: Readonly<Record<ArtifactErrorCode, string>> = {
  truncated: 'The file ends before its own header says it does. Download it again and compare its SHA-256 with the publisher’s.',
  malformed: 'The bytes contradict the format. Do not load this file with another tool before you know why.',
  'limit-exceeded': 'The file asks for more than any honest file of its format needs. Treat it as hostile.',
  'missing-file': 'Drop the whole folder (weights, config.json, tokenizer.json), not one file of it.',
  'missing-tensor': 'The configuration names layers that the weights lack. A shard may be missing: compare with the index file.',
  'shape-mismatch': 'Weights and configuration disagree. They may come from different models.',
  'unsupported-dtype': 'Assay cannot run this number format yet. An F32, F16, BF16, Q8_0, Q4_0 or Q4_1 export of the same model works.',
  'unsupported-architecture': 'Assay cannot run this architecture; those it runs are named as expected. The files themselves are still inspected.',
  'unsupported-format': 'Its files are checked all the same. To run it, drop a Hugging Face folder with safetensors, a GGUF file or an ONNX model.',
  'missing-tokenizer': 'tokenizer.json (and tokenizer_config.json with the chat template) belong into the dropped folder; a GGUF file carries its tokenizer itself.',
  'invalid-config': 'A field of the configuration is missing or impossible.',
  'unsupported-setting': 'The configuration is in order, and Assay does not compute what it asks for; what it does compute is named as expected. The files themselves are still inspected.',
  'too-large': 'The model does not fit this browser’s memory limits. The command line takes larger ones.',
  'runtime-failure': 'The runtime gave up. Another backend may work.',
};

/** A limit of the model that is run, which no file has asked to exceed: the text given to it is too long. */
export function isTooLongForContext({ code, format, field }: ArtifactErrorFields): boolean {
  return code === 'limit-exceeded' && format === 'model' && field === 'context';
}

/** What the model gives is not to be judged: that is its own doing, and the same on every backend. `known`: what the check of its files says of NaN. */
function adviceForModel({ field, expected }: ArtifactErrorFields, known: string | undefined): string {
  if (expected === 'numbers') return `The weights hold no numbers (NaN), or overflow when they are multiplied: no backend helps.${known === undefined ? '' : ` The check of the files says where: ${known}.`} Get the model again and compare its hash with the publisher’s.`;
  if (field === 'prompts') return 'Nothing of what is typed reaches the model: no backend helps. Take tokenizer and chat template from the publisher of the model.';
  return 'This is the model’s own doing: no backend helps.';
}

export function adviceFor(fields: ArtifactErrorFields, known?: string): string {
  if (isTooLongForContext(fields)) return `The prompt is too long for this model: with all that goes with it (chat template, trigger, answer) it has ${fields.actual ?? 'more tokens'}, and the model’s context holds ${fields.expected ?? 'fewer'}. Shorten it and run it again.`;
  if (isModelsOwnFailure(fields)) return adviceForModel(fields, known);
  return ADVICE[fields.code];
}
