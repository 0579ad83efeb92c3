// The syntax tree of a Jinja template, walked: string and number constants (put together by fold.ts), names that are looked up, attributes, calls and filters. Statements that only Jinja2 has (include, import)
// stop the parser; scanText finds them, and the rest, in the text between the delimiters.
import type { Program } from '../../artifact/tokenizer/bounded-jinja.ts';
import { Folder } from './fold.ts';
import { asNode, childrenOf, namesIn, type Node } from './nodes.ts';

export interface TemplateFacts {
  readonly strings: ReadonlySet<string>;
  /** Those that expressions work with, put together or not: what a template merely says is left out. */
  readonly worked: ReadonlySet<string>;
  /** Those that something is compared with, searched for, or kept in a variable or list. */
  readonly compared: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
  /** Names that are read and that the template does not set itself. */
  readonly names: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  /** name.attribute, as it is written, for names that are read. */
  readonly members: ReadonlySet<string>;
}

/** CWE-674: as deep as the parser itself can go. */
const MAX_DEPTH = 2000;

export function factsOf(program: Program): TemplateFacts {
  const root = program as unknown as Node;
  const folder = new Folder(root);
  const facts = { strings: new Set<string>(), worked: new Set<string>(), compared: new Set<string>(), numbers: new Set<number>(), names: new Set<string>(), attributes: new Set<string>(), filters: new Set<string>(), members: new Set<string>() };
  const set = new Set<string>();
  const stack: { readonly node: Node; readonly depth: number; readonly said: boolean }[] = [{ node: root, depth: 0, said: false }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, depth, said } = item;
    if (depth > MAX_DEPTH) continue;
    collect(node, facts, set, folder);
    if (node.type === 'StringLiteral' && !said) facts.worked.add(String(node['value']));
    const spoken = new Set<unknown>(BODIES.flatMap((name) => (Array.isArray(node[name]) ? (node[name] as readonly unknown[]) : [])));
    for (const child of childrenOf(node)) stack.push({ node: child, depth: depth + 1, said: spoken.has(child) });
  }
  for (const name of set) facts.names.delete(name);
  return facts;
}

/** Where statements and text stand in a row. Jinja's sets and macros keep what is said there for later. */
const BODIES = ['body', 'alternate', 'defaultBlock'];

/** Where a constant decides something, or is kept for later. Output joins constants with '+' and '~': those are left out. */
const COMPARING = new Set(['BinaryExpression', 'CallExpression', 'FilterExpression', 'Set', 'SetStatement', 'ArrayLiteral', 'TupleLiteral', 'ObjectLiteral', 'KeywordArgumentExpression', 'SelectExpression']);

type Facts = { readonly [K in keyof TemplateFacts]: TemplateFacts[K] extends ReadonlySet<infer T> ? Set<T> : never };

function collect(node: Node, facts: Facts, set: Set<string>, folder: Folder): void {
  switch (node.type) {
    case 'StringLiteral':
      facts.strings.add(String(node['value']));
      break;
    case 'IntegerLiteral':
    case 'FloatLiteral':
      facts.numbers.add(Number(node['value']));
      break;
    case 'Identifier':
      facts.names.add(String(node['value']));
      break;
    case 'MemberExpression': {
      const [object, property] = [asNode(node['object']), asNode(node['property'])];
      const name = property === undefined ? undefined : node['computed'] === true ? folder.text(property) : String(property['value']);
      if (name !== undefined) facts.attributes.add(name);
      if (name !== undefined && object?.type === 'Identifier') facts.members.add(`${String(object['value'])}.${name}`);
      break;
    }
    case 'FilterExpression':
    case 'FilterStatement': {
      const filter = asNode(node['filter']);
      const callee = filter?.type === 'CallExpression' ? asNode(filter['callee']) : filter;
      if (callee !== undefined) facts.filters.add(String(callee['value']));
      break;
    }
    case 'Set':
    case 'SetStatement':
    case 'For':
    case 'Macro':
      for (const name of namesIn(asNode(node['assignee'] ?? node['loopvar'] ?? node['name']))) set.add(name);
      break;
  }
  if (COMPARING.has(node.type)) {
    for (const child of childrenOf(node)) {
      for (const text of folder.texts(child)) facts.compared.add(text);
    }
  }
  if (node.type === 'StringLiteral') return;
  for (const text of folder.texts(node)) {
    facts.strings.add(text);
    facts.worked.add(text);
  }
}

export interface CodeRegion {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

/** What stands between {{ }} and {% %}; comments are left out. One pass. */
export function codeRegions(source: string): CodeRegion[] {
  const regions: CodeRegion[] = [];
  for (let at = source.indexOf('{'); at >= 0; at = source.indexOf('{', at)) {
    const second = source[at + 1];
    const close = second === '{' ? '}}' : second === '%' ? '%}' : second === '#' ? '#}' : undefined;
    if (close === undefined) {
      at++;
      continue;
    }
    const found = source.indexOf(close, at + 2);
    const end = found < 0 ? source.length : found + 2;
    if (second !== '#') regions.push({ begin: at, end, text: unescape(source.slice(at, end)) });
    at = end;
  }
  return regions;
}

/** Python's escapes in string constants: a dunder written as \x5f\x5f is still a dunder. */
function unescape(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\([0-7]{3})/g, (_, hex?: string, wide?: string, octal?: string) => String.fromCharCode(octal === undefined ? Number.parseInt(hex ?? wide ?? '0', 16) : Number.parseInt(octal, 8)));
}

/** All that the template can say, whatever the conversation: constants, but not those that refuse or that something is compared with. */
export function spokenIn(program: Program): string {
  const said: string[] = [];
  const stack: Node[] = [program as unknown as Node];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === 'StringLiteral') said.push(String(node['value']));
    const operator = node.type === 'BinaryExpression' ? String(asNode(node['operator'])?.['value'] ?? '') : '';
    if (node.type === 'CallExpression' || COMPARED.has(operator)) continue;
    stack.push(...childrenOf(node).reverse());
  }
  return said.join('\n');
}

const COMPARED = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);
