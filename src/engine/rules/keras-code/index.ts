// Rules: Keras configurations that bring code along or reach for it. Every object of a configuration, at any depth, in
// .keras archives, HDF5 attributes and Keras metadata of SavedModels.
import { hdf5Inspector } from '../../artifact/keras/hdf5-inspector.ts';
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import { fromBase64 } from '../../core/base64.ts';
import { tensorflowInspector } from '../../artifact/tensorflow/saved-model-inspector.ts';
import { isObject, type JsonObject } from '../../artifact/text.ts';
import type { Evidence } from '../../core/finding.ts';
import { leadsOut } from '../archive-integrity/names.ts';
import { bytesAround, shown, shownJson } from '../evidence.ts';
import { judgeName } from '../pickle-code/judge-name.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { COMPUTING_MODULES, KERAS_CLASSES, KERAS_FUNCTIONS, KERAS_PACKAGES, KERAS_TOOLS, TOOL_NAMES } from './known-classes.ts';
import { CUSTOM, ELSEWHERE, FOREIGN, GADGET, KERAS_RULES, LAMBDA, OUTSIDE, PROGRAM } from './rules.ts';

export const kerasCode = analysisOf({
  id: 'keras-code',
  label: 'Code in Keras models',
  limits: 'Reads configurations as JSON. Layers written by the model’s author run code that is not in the file; what they do cannot be told. HDF5 attributes that are compressed or stored in pieces are not found.',
  rules: KERAS_RULES,
  inapplicable: ({ inspection }) => (hasKeras(inspection) ? undefined : 'no Keras model'),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, jsonInspector)) for (const [key, config] of configsIn(content.value)) walk(config, key, 0, { file, offset: 0, report });
    for (const { file, content } of [...readBy(inspection, hdf5Inspector), ...readBy(inspection, tensorflowInspector)]) {
      for (const { value, text, begin } of content.configs) {
        walk(value, 'root', 0, { file, offset: begin, report });
        if (isObject(value) && ('loss' in value || 'metrics' in value)) checkCompiled(value, 'training_config', { file, offset: begin, report });
        if (value === undefined && /"class_name"\s*:\s*"Lambda"/.test(text)) report(LAMBDA, { file, offset: begin, about: `text@${begin}`, sure: 'inferred', evidence: [{ kind: 'text', title: 'The text there, which is no whole JSON', text: shown(text, 400) }] });
      }
    }
    for (const { file, content } of readBy(inspection, hdf5Inspector)) {
      for (const { kind, offset, file: other } of content.outside) {
        const away = leadsOut(other) !== undefined;
        report(ELSEWHERE, { file, offset, about: `${kind}@${offset} ${shown(other, 60)}`, title: `${{ link: 'A link leads to', storage: 'A data set is stored in', virtual: 'A virtual data set is taken from' }[kind]} ${shown(other, 120)}`, severity: away ? 'high' : 'medium', sure: 'read', evidence: [await bytesAround(file.source, offset, 'The message')] });
      }
    }
    checkMembers(inspection, report);
  },
});

function hasKeras(inspection: Inspection): boolean {
  return readBy(inspection, hdf5Inspector).length > 0 || readBy(inspection, tensorflowInspector).length > 0 || readBy(inspection, jsonInspector).some(({ content }) => configsIn(content.value).length > 0) || inspection.files.some((file) => /\.keras$/i.test(file.path) || (file.container !== undefined && file.member === 'metadata.json'));
}

interface Place {
  readonly file: InspectedFile;
  readonly offset: number;
  readonly report: Report;
}

const MAX_DEPTH = 250;

function isConfig(value: unknown): boolean {
  return isObject(value) && typeof value['class_name'] === 'string' && 'config' in value;
}

/** The file itself, or the model that a TensorFlow.js file or an older architecture file holds. */
function configsIn(value: unknown): (readonly [key: string, config: unknown])[] {
  if (isConfig(value)) return [['root', value]];
  if (!isObject(value)) return [];
  const topology = value['modelTopology'];
  const model = value['model_config'] ?? (isObject(topology) ? topology['model_config'] : undefined);
  return isConfig(model) ? [['model_config', model]] : [];
}

function walk(value: unknown, key: string, depth: number, place: Place): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    // Keras 2 writes functions as [code, defaults, closure] and calls them by 'function_type'.
    for (const [i, item] of value.entries()) walk(item, `${key}[${i}]`, depth + 1, place);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value['class_name'] === 'string') judge(value, value['class_name'], key, place);
  else if ('class_name' in value && 'config' in value) place.report(CUSTOM, { file: place.file, offset: place.offset, location: { key }, about: key, title: `The class at ${shown(key, 80)} is named by something that is no text`, sure: 'read', evidence: [{ kind: 'text', title: 'The object', text: shownJson(value, 400) }] });
  if (isObject(value['compile_config'])) checkCompiled(value['compile_config'], `${key}.compile_config`, place);
  // What a Lambda layer holds has been said with the layer.
  if (value['class_name'] === 'Lambda') return;
  for (const [name, item] of Object.entries(value)) walk(item, `${key}.${name}`, depth + 1, place);
}

function judge(object: JsonObject, name: string, key: string, { file, offset, report }: Place): void {
  const text = (field: string): string | undefined => (typeof object[field] === 'string' ? object[field] : undefined);
  const [module, registered, config] = [text('module'), text('registered_name'), object['config']];
  const say = (rule: Rule, title: string, more: readonly Evidence[] = [], severity?: Rule['severity']): void =>
    report(rule, { file, offset, location: { key }, about: key, title, sure: 'read', ...(severity === undefined ? {} : { severity }), evidence: [{ kind: 'text', title: `The object at ${shown(key, 120)}`, text: shownJson(object, 600) }, ...more] });

  if (name === '__lambda__' || name === 'Lambda') {
    const code = codeIn(config);
    if (isObject(config) && isObject(config['function'])) {
      const { module: from, config: called } = config['function'];
      if (typeof called === 'string') judgeFunction(typeof from === 'string' ? from : undefined, called, say);
    }
    say(LAMBDA, code === undefined ? `${name === 'Lambda' ? 'A Lambda layer' : 'A lambda'} at ${shown(key, 80)} runs a function` : `${name === 'Lambda' ? 'A Lambda layer' : 'A lambda'} at ${shown(key, 80)} carries Python bytecode`, code === undefined ? [] : [code], code === undefined ? undefined : 'critical');
    return;
  }
  if (name === 'TorchModuleWrapper') {
    say(GADGET, `A TorchModuleWrapper at ${shown(key, 80)} unpickles the module it wraps`);
    return;
  }
  if (name === 'TFOpLambda' && isObject(config) && typeof config['function'] === 'string' && FILE_OPERATION.test(config['function'])) {
    say(OUTSIDE, `The layer calls tf.${shown(config['function'], 80)}`);
    return;
  }
  // A function by name: {'module', 'class_name': 'function', 'config': name}.
  const wanted = name === 'function' && typeof config === 'string' ? config : name;
  if (name === 'function' && typeof config === 'string' ? judgeFunction(module, config, say) : judgeModule(module, wanted, say)) return;
  if (registered !== undefined && registered !== '' && registered !== name && (registered.includes('>') ? !KERAS_PACKAGES.test(registered.split('>')[0] ?? '') : registered.includes('.') && !KERAS_PACKAGES.test(registered))) {
    say(CUSTOM, `${shown(registered, 80)} is a class of the model’s author, registered under that name`);
    return;
  }
  if (module === undefined && name !== 'function' && !KERAS_CLASSES.has(name) && !(registered ?? '').startsWith('keras')) say(CUSTOM, `${shown(name, 80)} is no class of Keras`);
  if (isObject(config)) outside(config, say);
}

/** Functions of TensorFlow that touch files or run Python (tf.io, tf.py_function, raw operators). */
const FILE_OPERATION = /(?:^|\.)(?:read_file|write_file|matching_files|py_function|numpy_function|py_func|eager_py_func|load_op_library|ReadFile|WriteFile|MatchingFiles|PyFunc|EagerPyFunc)$/;

/** Losses and metrics by name: Keras looks names up; what is no name, or none of Keras's, is code of the author's. */
function checkCompiled(config: JsonObject, key: string, { file, offset, report }: Place): void {
  for (const field of ['loss', 'metrics', 'weighted_metrics', 'optimizer']) {
    for (const name of namesIn(config[field], 0)) {
      if (KERAS_FUNCTIONS.has(name.toLowerCase()) || KERAS_CLASSES.has(name)) continue;
      const isName = /^[A-Za-z_][\w>./-]{0,100}$/.test(name);
      report(CUSTOM, { file, offset, location: { key: `${key}.${field}` }, about: `${key}.${field} ${shown(name, 60)}`, title: isName ? `${shown(name, 80)} is no ${field === 'metrics' ? 'metric' : field} of Keras` : `The ${field} is code: ${shown(name, 80)}`, severity: isName ? 'low' : 'high', sure: 'read', evidence: [{ kind: 'text', title: field, text: shownJson(config[field], 400) }] });
    }
  }
}

function namesIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (depth > 4) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => namesIn(item, depth + 1));
  // One for each output, by the output's name; objects with a class are judged as objects.
  return isObject(value) && !('class_name' in value) ? Object.values(value).flatMap((item) => namesIn(item, depth + 1)) : [];
}

/** True where the object has been reported. */
function judgeFunction(module: string | undefined, name: string, say: (rule: Rule, title: string) => void): boolean {
  if (TOOL_NAMES.has(name) || (module !== undefined && KERAS_PACKAGES.test(module) && KERAS_TOOLS.test(module))) {
    say(GADGET, `Names the function ${shown(`${module ?? ''}.${name}`, 100)}, which loads, downloads or switches off a guard`);
    return true;
  }
  if (module !== undefined && COMPUTING_MODULES.test(module)) return false;
  const standing = judgeName(module ?? 'builtins', name);
  if (standing.kind === 'dangerous') say(FOREIGN, `Names the function ${shown(`${module ?? ''}.${name}`, 100)}: ${standing.why}`);
  else say(CUSTOM, `${shown(name, 80)} is a function that the file does not hold`);
  return true;
}

function judgeModule(module: string | undefined, name: string, say: (rule: Rule, title: string, more?: readonly Evidence[], severity?: Rule['severity']) => void): boolean {
  if (module === undefined || (module === 'builtins' && KERAS_CLASSES.has(name))) return false;
  if (KERAS_PACKAGES.test(module)) {
    if (!KERAS_TOOLS.test(module) && !TOOL_NAMES.has(name)) return false;
    if (KERAS_CLASSES.has(name)) return false;
    say(GADGET, `Names ${shown(`${module}.${name}`, 100)}, a tool of Keras and no layer`);
    return true;
  }
  const standing = judgeName(module, name);
  if (standing.kind === 'dangerous') say(FOREIGN, `Names ${shown(`${module}.${name}`, 100)}: ${standing.why}`);
  else say(FOREIGN, `Takes ${shown(name, 60)} from ${shown(module, 60)}, which is no part of Keras`, [], 'medium');
  return true;
}

/** Settings that make a layer read a file or an address of the author's choice (CVE-2025-12058). */
function outside(config: JsonObject, say: (rule: Rule, title: string) => void): void {
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== 'string' || value.length > 4096) continue;
    if (/^(https?|ftp|file|gs|s3|hdfs):\/\//i.test(value)) say(OUTSIDE, `${shown(key, 60)} is an address: ${shown(value, 100)}`);
    else if (/vocab|file|path|origin|url|directory/i.test(key) && /^([/\\~]|\.\.|[A-Za-z]:[\\/])|[/\\]/.test(value)) say(OUTSIDE, `${shown(key, 60)} is a path: ${shown(value, 100)}`);
  }
}

/** Marshalled code in a lambda's configuration: base64 text, alone, first of a list or under 'code'. */
function codeIn(config: unknown, depth = 0): Evidence | undefined {
  if (depth > 6) return undefined;
  if (typeof config === 'string') {
    const bytes = fromBase64(config);
    // 0xe3 and 0x63 begin a marshalled code object (with and without a reference).
    if (bytes.length < 3 || (bytes[0] !== 0xe3 && bytes[0] !== 0x63)) return undefined;
    const words = new TextDecoder('latin1').decode(bytes).match(/[\x20-\x7e]{3,}/g) ?? [];
    return { kind: 'text', title: 'Names and texts in the bytecode', text: words.slice(0, 60).map((word) => shown(word, 120)).join('\n') || `${bytes.length} bytes, no text` };
  }
  if (Array.isArray(config)) return codeIn(config[0], depth + 1);
  if (!isObject(config)) return undefined;
  return codeIn(config['code'] ?? config['function'] ?? config['config'], depth + 1);
}

const PARTS = /^(config\.json|metadata\.json|model\.weights\.h5|assets\/.*|variables\/.*|model\.weights\.npz)$/;

/** Files in a .keras archive that Keras does not put there. */
function checkMembers({ files }: Inspection, report: Report): void {
  const archives = new Set(files.flatMap(({ member, container }) => (member === 'metadata.json' && container !== undefined ? [container] : [])));
  for (const file of files) {
    if (file.container === undefined || file.member === undefined || !archives.has(file.container) || PARTS.test(file.member)) continue;
    const harmful = /\.(py|pyc|pyd|so|dll|exe|sh|bat|ps1|js|jar)$/i.test(file.member) || file.format === 'program' || file.format === 'pickle';
    if (harmful && files.some((other) => other.container === file.container && other.member === 'config.json')) report(PROGRAM, { file, offset: 0, about: 'member', title: `${shown(file.member, 80)} is no part of a Keras model`, sure: 'read', evidence: [] });
  }
}
