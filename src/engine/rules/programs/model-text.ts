// Models that are written as text (LightGBM, Torch7, R, XGBoost): numbers and names are expected there, code is not.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { ubjsonInspector } from '../../artifact/formats/ubjson-inspector.ts';
import { readBy, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { codeInText } from '../code-in-text.ts';
import { shown, shownLines } from '../evidence.ts';
import type { Report, Rule } from '../rule.ts';
import { encodedFile } from './encoded.ts';

export const DATA: Rule = {
  id: 'ASY-EXE-005', title: 'A model written as text holds a command or code', severity: 'medium',
  misses: 'Looks for calls and commands as they are usually written, in files that hold a model by their name or their first line. Whether a program runs them cannot be told.',
  references: ['AML.T0018.002', 'CWE-94', 'CWE-506'], remedy: 'Find out which program would read this line before you load the model.',
};

/** Files that hold a model or its numbers, where they are text: LightGBM, Torch7, R, XGBoost and the like. */
const DATA_NAME = /\.(model|lgb|lightgbm|gbm|t7|th|net|rds|rda|rdata|cbm|bst|ubj|params|prototxt|pbtxt|mlmodel|onnx|pte|ptl|rknn|engine|trt|plan|pdmodel|pdiparams|cntk|dnn|caffemodel|weights|bin|pt|pth|ckpt|pkl|pickle|joblib|npy|npz|h5|hdf5|keras|safetensors|gguf|ggml|msgpack|flax|orbax|jax|tflite|pb|nemo|mar|skops|mojo|pfa|svm|arff)$/i;
const DATA_START = /^(?:tree\nversion=|X\n|RDX[23]\n|4\n1\n3\nV )/;
/** Longer texts in base64 are no notes. */
const MAX_ENCODED = 2 ** 22;

/** From so many characters before what was found to so many after it. */
const BEFORE = 80;
const AFTER = 400;

export function reportModelText(inspection: Inspection, report: Report): void {
  for (const { file, content: { texts } } of readBy(inspection, ubjsonInspector)) {
    for (const { path, text, offset } of texts) {
      const code = codeInText(text);
      if (code !== undefined) report(DATA, { file, offset, about: String(offset), location: { key: path }, title: `${shown(path, 80)} of ${shown(file.member ?? file.path, 80)} holds ${code.what}`, sure: 'inferred', evidence: [around(text, code.at)] });
    }
  }
  for (const { file, content } of readBy(inspection, textInspector)) {
    const name = file.member ?? file.path;
    const isModel = DATA_NAME.test(name);
    const code = isModel || DATA_START.test(content) ? codeInText(content) : undefined;
    if (code !== undefined) report(DATA, { file, offset: code.at, about: 'text', title: `${shown(name, 80)} holds ${code.what}`, sure: 'inferred', evidence: [around(content, code.at)] });
    const hidden = isModel || content.length > MAX_ENCODED ? undefined : encodedFile(content);
    if (hidden !== undefined) report(DATA, { file, offset: hidden.at, about: 'encoded', title: `${shown(name, 80)} holds ${hidden.what}`, severity: 'medium', sure: 'resolved', evidence: [around(content, hidden.at, 0)] });
  }
}

function around(text: string, at: number, before = BEFORE): Evidence {
  return { kind: 'source', title: 'What stands there', text: shownLines(text.slice(Math.max(0, at - before), at + AFTER), before + AFTER), marks: [] };
}
