// Which files beside a model file belong to it, where only that file was named: what the readers here look for by name, and
// weights that are called as the model is. Never another model: which one is meant was said.
import { LABEL_FILES } from './classifier-parts.ts';
import { WORD_LISTS } from './tokenizer/vocabulary-files.ts';

const NAMES: ReadonlySet<string> = new Set(['config.json', 'generation_config.json', 'preprocessor_config.json', 'special_tokens_map.json', 'chat_template.jinja', 'chat_template.json', 'merges.txt', ...LABEL_FILES, ...WORD_LISTS]);
const PATTERNS: readonly RegExp[] = [/^tokenizer[^/]*\.json$/, /^vocab\.[^/]+$/];
const OTHER_MODEL = /\.(onnx|gguf|safetensors|pt|pth|ckpt|h5|keras|tflite)$/i;

/** name: of a file in the same folder as the file `model`. */
export function isCompanion(name: string, model: string): boolean {
  if (name === model) return false;
  return NAMES.has(name) || PATTERNS.some((pattern) => pattern.test(name)) || (name.startsWith(model) && !OTHER_MODEL.test(name));
}
