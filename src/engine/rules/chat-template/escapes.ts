// Server-side template injection (CVE-2024-34359 and kin): what a template asks of Python that no chat template needs. Chat
// templates read messages and join strings; they do not walk object attributes, name globals of a web framework, import.
import { codeRegions, type TemplateFacts } from './syntax.ts';

export interface Escape {
  /** What was found, in words. */
  readonly what: string;
  readonly severity: 'high' | 'medium';
  /** True where no template of any program needs it; the rest is odd in a chat template only. */
  readonly anywhere?: true;
  /** Character range in the source, where it is written out. */
  readonly begin?: number;
  readonly end?: number;
}

/** Python internals: attributes by which a sandbox is left. */
const DUNDER = /_{2}[a-z][a-z0-9_]{1,40}_{2}/;
const INTERNALS = new Set(['mro', 'func_globals', 'func_code', 'gi_frame', 'gi_code', 'cr_frame', 'cr_code', 'f_globals', 'f_locals', 'f_builtins', 'f_back', 'co_code', 'tb_frame', 'popen', 'system', 'subprocess', 'getattr', 'setattr', 'eval', 'exec', 'compile', 'builtins', '_module', '_load_form_data', 'environ', 'importlib', 'import_module', 'check_output', 'spawn', 'execfile', 'fromfile', 'urlopen']);
/** Objects that Jinja2 or web frameworks put in reach, through which attributes lead to the interpreter. */
const GLOBALS = new Set(['cycler', 'joiner', 'lipsum', 'self', 'request', 'config', 'url_for', 'get_flashed_messages', 'application', 'session', 'environment', 'os', 'sys', 'subprocess', 'builtins', '__builtins__', 'open', 'eval', 'exec', 'getattr', 'import', '__import__', 'globals', 'locals', 'vars', 'dir', 'type', 'object', 'compile', 'breakpoint', 'input', 'help']);
/** Jinja2's filters that take an attribute by its name. */
const REFLECTIVE = new Set(['attr', 'xmlattr']);
/** Statements that pull in other templates or leave the sandbox's rules. */
const STATEMENT = /^\{%[-+]?\s*(include|import|from|extends|debug|autoescape|trans)\b/;

export function findEscapes(source: string, facts: TemplateFacts | undefined): Escape[] {
  const found = new Map<string, Escape>();
  const add = (escape: Escape): void => {
    if (!found.has(escape.what)) found.set(escape.what, escape);
  };
  for (const { begin, end, text } of codeRegions(source)) {
    const dunder = DUNDER.exec(text);
    if (dunder !== null) add({ what: `the Python internal ${dunder[0]}`, severity: 'high', anywhere: true, begin, end });
    const statement = STATEMENT.exec(text);
    if (statement !== null && statement[1] !== 'trans') add({ what: `the statement '${statement[1] ?? ''}', which loads other files or changes the rules`, severity: 'medium', begin, end });
    if (/\|\s*attr\b/.test(text)) add({ what: "the filter 'attr', which reads an attribute by its name", severity: 'high', anywhere: true, begin, end });
  }
  if (facts === undefined) return [...found.values()];
  for (const text of facts.worked) if (DUNDER.test(text)) add({ what: `the Python internal ${DUNDER.exec(text)?.[0] ?? ''}, put together from pieces`, severity: 'high', anywhere: true });
  for (const name of facts.attributes) if (INTERNALS.has(name)) add({ what: `the attribute ${name}`, severity: 'high', ...placeOf(source, name) });
  for (const name of facts.filters) if (REFLECTIVE.has(name)) add({ what: `the filter '${name}', which reads an attribute by its name`, severity: 'high', ...placeOf(source, name) });
  for (const member of facts.members) {
    const base = member.slice(0, member.indexOf('.'));
    if (GLOBALS.has(base) && facts.names.has(base)) add({ what: `${member}: an object of the template engine or of a web framework`, severity: 'high', ...placeOf(source, base) });
  }
  for (const name of facts.names) if (GLOBALS.has(name)) add({ what: `the name ${name}, which no chat template needs`, severity: 'medium', ...placeOf(source, name) });
  return [...found.values()];
}

/** Where `text` first stands inside code. */
export function placeOf(source: string, text: string): { readonly begin: number; readonly end: number } | Record<string, never> {
  if (text === '') return {};
  for (const region of codeRegions(source)) {
    const at = source.slice(region.begin, region.end).indexOf(text);
    if (at >= 0) return { begin: region.begin, end: region.end };
  }
  return {};
}
