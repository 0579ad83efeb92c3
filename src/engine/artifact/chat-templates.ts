// Every chat template of a model, wherever it stands, and which of them a runtime would use. transformers' order:
// chat_template.jinja, then chat_template.json, then tokenizer_config.json; the template called 'default' of a list.
import type { NamedTemplate } from './artifact.ts';
import type { GgufValue } from './gguf/metadata.ts';
import { isObject, type JsonObject } from './text.ts';

export interface TemplateFiles {
  /** Path and text of each .jinja file. */
  readonly jinja: readonly { readonly path: string; readonly text: string }[];
  readonly json: { readonly path: string; readonly value: JsonObject } | undefined;
  readonly tokenizerConfig: { readonly path: string; readonly value: JsonObject } | undefined;
}

/** All templates, the one that is used first. */
export function templatesOfFolder({ jinja, json, tokenizerConfig }: TemplateFiles): NamedTemplate[] {
  const files = jinja.map(({ path, text }) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(jinja2?|j2)$/i, '');
    return { name: name === 'chat_template' ? 'default' : name, source: text, file: path };
  });
  const inJson = json === undefined ? [] : templatesIn(json.value['chat_template'], json.path);
  const inConfig = tokenizerConfig === undefined ? [] : templatesIn(tokenizerConfig.value['chat_template'], tokenizerConfig.path);
  return defaultFirst([...files, ...inJson, ...inConfig]);
}

export function templatesOfGguf(metadata: ReadonlyMap<string, GgufValue>, file: string): NamedTemplate[] {
  const templates: NamedTemplate[] = [];
  for (const [key, value] of metadata) {
    if (typeof value !== 'string') continue;
    if (key === 'tokenizer.chat_template') templates.push({ name: 'default', source: value, file });
    else if (key.startsWith('tokenizer.chat_template.')) templates.push({ name: key.slice('tokenizer.chat_template.'.length), source: value, file });
  }
  return defaultFirst(templates);
}

/** A string, a list of {name, template}, or an object name -> template. */
function templatesIn(value: unknown, file: string): NamedTemplate[] {
  if (typeof value === 'string') return [{ name: 'default', source: value, file }];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) =>
      isObject(item) && typeof item['template'] === 'string' ? [{ name: typeof item['name'] === 'string' ? item['name'] : 'default', source: item['template'], file }] : [],
    );
  }
  if (isObject(value)) return Object.entries(value).flatMap(([name, source]) => (typeof source === 'string' ? [{ name, source, file }] : []));
  return [];
}

function defaultFirst(templates: readonly NamedTemplate[]): NamedTemplate[] {
  return [...templates].sort((a, b) => Number(b.name === 'default') - Number(a.name === 'default'));
}

/** Two places that give the default template differently: what is reviewed in one is not what another runtime uses. */
export function conflictingDefaults(templates: readonly NamedTemplate[]): readonly NamedTemplate[] {
  const defaults = templates.filter(({ name }) => name === 'default');
  const first = defaults[0];
  return first !== undefined && defaults.some(({ source }) => source.trim() !== first.source.trim()) ? defaults : [];
}
