// Opens an artifact as what it can be run as: told by the caller, else by its config's class, its ONNX graph's inputs and
// outputs, or its format. GGUF and decoders are language models; everything else is tried as a classifier.
import { chooseModel } from '../artifact/choose-model.ts';
import { requireFrame } from '../artifact/frame.ts';
import { openChatTemplate, openTokenizer } from '../artifact/tokenizer/open-tokenizer.ts';
import { rawIds } from '../artifact/tokenizer/raw-ids.ts';
import type { Artifact } from '../artifact/artifact.ts';
import type { Tokenizer } from '../artifact/tokenizer.ts';
import type { Runnable } from '../audit/analysis.ts';
import { ArtifactError, whereGiven } from '../core/artifact-error.ts';
import { NEVER, type CancelSignal } from '../core/cancel.ts';
import type { Task } from '../core/finding.ts';
import { architectureFor } from '../graph/architectures/registry.ts';
import { CLASSIFIER_MODEL_TYPES } from '../graph/classifier-graphs.ts';
import { configReaderOf } from '../graph/config-place.ts';
import { readOnnxModel } from '../graph/onnx-reader.ts';
import { openCausalLm } from './open-causal-lm.ts';
import { openClassifier } from './open-classifier.ts';
import { refuseNoRoom } from './refuse-no-room.ts';
import { refuseSharedBytes } from './refuse-shared-bytes.ts';
import type { TextClassifier } from './classifier.ts';
import type { Runtime } from './session.ts';

export interface OpenRunnableOptions {
  /** What the user says it is; told from the files where undefined. */
  readonly task?: Task;
  readonly signal?: CancelSignal;
}

export async function openRunnable(artifact: Artifact, runtime: Runtime, { task, signal = NEVER }: OpenRunnableOptions = {}): Promise<Runnable> {
  // Pickles, archives, lone configurations: the files are audited as they are, and there is nothing to run.
  if (artifact.kind === 'unknown') throw new ArtifactError({ code: 'unsupported-format', format: 'drop', file: artifact.name, expected: 'safetensors with config.json, GGUF or ONNX', actual: [...new Set(artifact.files.map(({ format }) => format))].slice(0, 8).join(', ') });
  refuseSharedBytes(artifact);
  const kind = task ?? (await detectTask(artifact));
  if (kind === 'causal-lm') {
    // What no other file would make runnable is told before what is missing beside it.
    if (artifact.kind !== 'onnx' && artifact.config !== undefined) {
      const config = configReaderOf(artifact, artifact.config);
      if (config.has('model_type')) architectureFor(config.text('model_type'));
    }
    const tokenizer = openTokenizer(artifact);
    const template = openChatTemplate(artifact, tokenizer);
    const model = await openCausalLm(artifact, runtime, signal);
    try {
      // The scan, the playground and the attention maps all ask a question: said once, and beforehand, where none can be asked.
      requireFrame(template, tokenizer);
      refuseNoRoom(artifact, model.contextLength, tokenizer, template);
    } catch (error) {
      await model.dispose();
      throw error;
    }
    return { task: 'causal-lm', model, tokenizer, template };
  }
  const opened = await openClassifier(artifact, runtime, signal);
  try {
    if (task !== undefined && task !== opened.task) throw new ArtifactError({ code: 'unsupported-format', format: artifact.kind, field: 'task', expected: task, actual: `a graph for ${opened.task}` });
    // What spreads keeps the union apart: each task with its own model and examples.
    switch (opened.task) {
      case 'text-classification':
        return { ...opened, tokenizer: textTokenizer(artifact, opened.model), examples: [] };
      case 'image-classification':
        return { ...opened, examples: [] };
      case 'tabular':
        return { ...opened, examples: [] };
    }
  } catch (error) {
    await opened.model.dispose();
    throw error;
  }
}

/** Where the files bring none that can be read, ids stand for themselves: the model can be searched, though not read. */
function textTokenizer(artifact: Artifact, { spec }: TextClassifier): Tokenizer {
  if (artifact.tokenizer !== undefined || spec.vocabularySize === 0) return openTokenizer(artifact);
  return rawIds(spec.vocabularySize, new Set([...spec.prefix, ...spec.suffix, spec.padId]));
}

/** What the files say the model is for, where it could not be opened; undefined where they do not tell, or hold no model. */
export async function meantFor(artifact: Artifact): Promise<Task | undefined> {
  if (artifact.kind === 'unknown') return undefined;
  const detected = await whereGiven(detectTask(artifact));
  if (detected !== 'other') return detected;
  const classes = artifact.config?.['architectures'];
  const names = Array.isArray(classes) ? classes.filter((name) => typeof name === 'string') : [];
  if (names.some((name) => name.endsWith('ForImageClassification'))) return 'image-classification';
  const ofText = names.some((name) => name.endsWith('ForSequenceClassification')) || (artifact.architecture !== undefined && CLASSIFIER_MODEL_TYPES.includes(artifact.architecture));
  return ofText ? 'text-classification' : undefined;
}

/** 'causal-lm', or 'other' for whatever is to be tried as a classifier. */
async function detectTask(artifact: Artifact): Promise<'causal-lm' | 'other'> {
  if (artifact.kind === 'gguf') return 'causal-lm';
  if (artifact.kind === 'onnx') return (await isOnnxDecoder(artifact)) ? 'causal-lm' : 'other';
  const classes = artifact.config?.['architectures'];
  if (Array.isArray(classes) && classes.some((name) => typeof name === 'string' && /For(Sequence|Image)Classification$/.test(name))) return 'other';
  return artifact.architecture !== undefined && CLASSIFIER_MODEL_TYPES.includes(artifact.architecture) ? 'other' : 'causal-lm';
}

/** Tokens in, and for each of them a row of logits or a cache out. */
async function isOnnxDecoder(artifact: Artifact): Promise<boolean> {
  const choice = chooseModel(artifact.files);
  if (choice.kind !== 'onnx') return false;
  const { inputs, outputs } = await readOnnxModel(choice.file);
  if (!inputs.some(({ name }) => name === 'input_ids')) return false;
  return outputs.some(({ name, dims }) => name.startsWith('present') || (name === 'logits' && dims?.length === 3));
}
