// Every chat template of a drop, wherever it stands: Jinja files, 'chat_template' in any JSON file, GGUF metadata.
import { ggufInspector } from '../../artifact/gguf/gguf-inspector.ts';
import { jinjaInspector } from '../../artifact/formats/jinja-inspector.ts';
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { safetensorsInspector } from '../../artifact/formats/safetensors-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import { isObject } from '../../artifact/text.ts';

export interface FoundTemplate {
  readonly file: InspectedFile;
  /** 'default', or the name under which it is chosen. */
  readonly name: string;
  /** Where in the file: a key; '' where the file is the template. */
  readonly key: string;
  readonly source: string;
  /** `text`: not known to be a chat template; only looked at for what no template needs. */
  readonly as: 'chat' | 'text';
}

const KEY = 'chat_template';
/** A tokenizer's configuration is two or three levels deep (CWE-674). */
const MAX_DEPTH = 6;

export function collectTemplates(inspection: Inspection): FoundTemplate[] {
  const found: FoundTemplate[] = [];
  for (const { file, content } of readBy(inspection, jinjaInspector)) found.push({ file, name: 'default', key: '', source: content, as: 'chat' });
  for (const { file, content } of readBy(inspection, jsonInspector)) {
    walk(content.value, '', 0, (key, value, as) => found.push(...templatesIn(value, key).filter(({ source }) => as === 'chat' || hasMarks(source)).map((template) => ({ file, as, ...template }))));
  }
  for (const { file, content } of readBy(inspection, ggufInspector)) {
    for (const [key, value] of content.metadata) {
      if (typeof value !== 'string') continue;
      const name = key.split(`${KEY}.`)[1];
      if (key.includes(KEY)) found.push({ file, name: name ?? 'default', key, source: value, as: 'chat' });
      else if (hasMarks(value)) found.push({ file, name: key, key, source: value, as: 'text' });
    }
  }
  for (const { file, content } of readBy(inspection, safetensorsInspector)) {
    for (const [key, source] of Object.entries(content.metadata)) if (hasMarks(source)) found.push({ file, name: key, key, source, as: key.includes(KEY) ? 'chat' : 'text' });
  }
  for (const { file, content } of readBy(inspection, textInspector)) {
    if (!TEXT_TEMPLATE.test(file.member ?? file.path) || !hasMarks(content)) continue;
    const inYaml = yamlTemplate(content);
    found.push(inYaml === undefined ? { file, name: 'text', key: '', source: content, as: GOES_THROUGH_MESSAGES.test(content) ? 'chat' : 'text' } : { file, name: 'default', key: KEY, source: inYaml, as: 'chat' });
  }
  return found;
}

/** Text files that programs fill in; documentation and programs quote templates. */
const TEXT_TEMPLATE = /\.(ya?ml|template|tmpl|tpl|jinja2?|j2|conf|cfg|toml|ini|prompt|txt|chat_template)$/i;

const GOES_THROUGH_MESSAGES = /^\s{0,100}\{[^]{0,4000}?\bfor\s{1,4}\w{1,40}\s{1,4}in\s{1,4}messages\b/;

/** A template that stands on one line of a YAML file, in double quotes (which are JSON's) or single ones. */
function yamlTemplate(text: string): string | undefined {
  const line = text.split('\n', 5000).find((candidate) => /^\s{0,100}chat_template\s{0,10}:/.test(candidate));
  const value = line?.slice(line.indexOf(':') + 1).trim();
  if (value === undefined || value.length < 2) return undefined;
  if (value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  try {
    const parsed: unknown = value.startsWith('"') ? JSON.parse(value) : undefined;
    return typeof parsed === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function hasMarks(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

function walk(value: unknown, path: string, depth: number, visit: (key: string, value: unknown, as: FoundTemplate['as']) => void): void {
  if (!isObject(value) || depth > MAX_DEPTH) return;
  for (const [key, child] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === KEY || key === 'default_chat_template') visit(at, child, 'chat');
    else if (typeof child === 'string') visit(at, child, key.includes(KEY) ? 'chat' : 'text');
    // Vocabularies have hundred thousands of entries and no templates.
    else if (isObject(child) && Object.keys(child).length < 10_000) walk(child, at, depth + 1, visit);
  }
}

/** A string, a list of {name, template}, or an object name -> template. */
function templatesIn(value: unknown, key: string): { readonly name: string; readonly key: string; readonly source: string }[] {
  if (typeof value === 'string') return [{ name: 'default', key, source: value }];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => {
      const source = isObject(item) ? item['template'] : item;
      const name = isObject(item) && typeof item['name'] === 'string' ? item['name'] : String(i);
      return typeof source === 'string' ? [{ name, key: `${key}[${i}].template`, source }] : [];
    });
  }
  if (isObject(value)) return Object.entries(value).flatMap(([name, source]) => (typeof source === 'string' ? [{ name, key: `${key}.${name}`, source }] : []));
  return [];
}
