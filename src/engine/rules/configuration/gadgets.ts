// Values that make a reader of JSON or YAML import and call Python: Hydra's _target_, jsonpickle's py/… keys, LangChain's
// serialised constructors, class paths of pipelines. Only what no model needs is told; a class of a known library is ordinary.
import type { JsonObject } from '../../artifact/text.ts';
import { judgeName } from '../pickle-code/judge-name.ts';
import type { Ask } from './ask.ts';

/** Keys whose value is the dotted name of something that a loader imports (Hydra, Lightning, Haystack, spaCy and kin). */
const NAME_KEYS = /^(?:_target_|target|type|class|cls|class_path|class_name|factory|callable|function|func|entrypoint|entry_point|loader_module|py\/(?:object|type|function|mod|newargs|reduce|module|object\/(?:apply|new)))$/;
/** Under general keys only these modules are told: their names mean nothing else. */
const UNMISTAKABLE = /^(?:os|posix|nt|subprocess|builtins|__builtin__|pty|runpy|importlib|shutil|ctypes|pickle|marshal|socket|sys)\./;

/** Hydra and NeMo call what '_target_' names. */
export function targetAsk(at: string, value: string): Ask[] {
  return isDangerous(value) ? [{ kind: 'target', key: at, value, what: 'calls what no model needs' }] : [];
}

/**
 * What a pickle must not call and a training's configuration calls every day: data sets, loaders of data and of published
 * models, partial functions, and what takes things apart.
 */
const ORDINARY = /^(?:functools\.partial|operator\.(?:itemgetter|attrgetter|add|mul|sub|truediv|lt|le|gt|ge|eq|ne)|itertools\.\w{1,40}|collections\.\w{1,40}|contextlib\.(?:nullcontext|suppress)|(?:torchvision|torchaudio|torchtext)\.datasets\..{1,200}|datasets\.\w{1,80}|sklearn\.datasets\.\w{1,80}|tensorflow_datasets\..{1,100}|transformers\.(?:pipeline|pipelines\..{1,100})|huggingface_hub\.(?:snapshot_download|hf_hub_download)|pandas\.read_(?:csv|parquet|json|table|excel|feather)|numpy\.(?:load|loadtxt|genfromtxt|fromfile)|scipy\.io\.\w{1,40}|torch\.(?:load|compile|fx\..{1,100}|utils\.data\..{1,200})|keras\.(?:models\.load_model|utils\.get_file|saving\..{1,100})|logging\.(?:FileHandler|StreamHandler|handlers\.\w{1,60})|hydra\._internal\.core_plugins\..{1,200})$/;

function isDangerous(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && !ORDINARY.test(name) && name.length < 400 && judgeName(name.slice(0, dot), name.slice(dot + 1)).kind === 'dangerous';
}

/** Hydra's own ways of naming another target: what counts is what they are given. */
const HYDRA = /^hydra\.utils\.(?:instantiate|call|get_class|get_method|get_object|get_static_method)$/;

export function nameAsk(at: string, key: string, value: string): Ask[] {
  if (key === '_target_' && HYDRA.test(value)) return [];
  if (key === '_target_' || key.startsWith('py/')) return targetAsk(at, value);
  return NAME_KEYS.test(key) && UNMISTAKABLE.test(value) && /^[\w.]{3,200}$/.test(value) ? targetAsk(at, value) : [];
}

/** Objects that stand for a call by their keys alone. */
export function objectAsks(at: string, value: JsonObject): Ask[] {
  const asks: Ask[] = [];
  const ask = (key: string, name: string, what: string): void => {
    asks.push({ kind: 'target', key: at === '' ? key : `${at}.${key}`, value: name.slice(0, 200), what });
  };
  if (typeof value['py/repr'] === 'string') ask('py/repr', value['py/repr'], 'is evaluated as Python');
  const [target, path] = [value['_target_'], value['path']];
  if (typeof target === 'string' && HYDRA.test(target) && typeof path === 'string' && isDangerous(path)) ask('path', path, 'calls what no model needs');
  const id = value['id'];
  if ('lc' in value && value['type'] === 'constructor' && Array.isArray(id) && id.every((part) => typeof part === 'string')) {
    const name = id.join('.');
    if (isDangerous(name)) ask('id', name, 'calls what no model needs');
  }
  return asks;
}

/** Short names for tags in one file (CWE-407): each is looked for in every line. */
const MAX_HANDLES = 16;

/** What MkDocs' own themes and Markdown extensions are configured by: icons and fences, imported by name. */
const DOCUMENTATION = /^!!python\/name:(?:materialx?\.(?:extensions\.)?emoji\.|pymdownx\.|mermaid2\.fence_mermaid)/;

/** Tags by which readers of YAML make objects: PyYAML's and its aliases, HyperPyYAML's, SnakeYAML's, Ruby's. */
export function tagAsks(lines: readonly string[]): Ask[] {
  const asks: Ask[] = [];
  const handles: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (/^\s*#/.test(line)) continue;
    const handle = /^%TAG\s{1,10}(!\w{0,40}!?)\s{1,10}tag:yaml\.org,2002:python\//.exec(line)?.[1];
    if (handle !== undefined && handles.length < MAX_HANDLES) handles.push(handle);
    const python = /!!python\/(?:object\/(?:apply|new)|object|name|module):[\w.]{0,200}|!<tag:yaml\.org,2002:python\/[\w/]{1,40}:[\w.]{0,200}>/.exec(line)?.[0] ?? handles.map((known) => (line.includes(` ${known}`) ? known : undefined)).find((known) => known !== undefined);
    const key = `line ${i + 1}`;
    if (python !== undefined && handle === undefined && !DOCUMENTATION.test(python)) asks.push({ kind: 'target', key, value: python, what: 'makes Python objects while it is read' });
    const named = /(?:^|[\s[{,-])!(?:new|apply|name|module):([A-Za-z_][\w.]{1,200})/.exec(line)?.[1];
    if (named !== undefined) asks.push(...targetAsk(key, named));
    const foreign = /(?:^|[\s[{,-])!(?:!(?:javax?|com|org|sun|jdk)\.[\w.$]{1,200}|ruby\/(?:object|hash|struct|exception):?[\w:]{0,200})/.exec(line)?.[0];
    if (foreign !== undefined) asks.push({ kind: 'target', key, value: foreign.trim(), what: 'makes objects of Java or Ruby while it is read' });
  }
  return asks;
}
