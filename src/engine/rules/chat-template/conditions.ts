// Conditions of a template on what is said, read off its syntax tree without running it: the complement to behaviour.ts,
// where a method that the interpreter lacks, or a condition that no probe meets, leaves nothing to compare. What comes from
// a conversation (contents, names of speakers and of tools, arguments of calls, documents) or the date is followed through
// variables, filters, methods, loops and macros into tests; a test on it that decides over words of a natural language is
// reported, and so are replacements of words and tables that are looked up by what is said.
// Subset: tests against constants (fold.ts) and measures; tags and switches as constants, tests of type and emptiness are
// ordinary. What it can miss: content that passes through dictionaries, and tests whose branches say nothing in words.
import { isNatural } from './behaviour.ts';
import { Folder, pathOf, type Constant } from './fold.ts';
import { wordsOf } from './render.ts';
import { asNode, childrenOf, namesIn, type Node } from './nodes.ts';

/** What the test looks at. */
export type Said = 'content' | 'name' | 'tool' | 'arguments' | 'documents';

export interface Condition {
  readonly on: 'content' | 'length' | 'count' | 'date';
  readonly of: Said;
  /** What is compared with, as far as it is a constant. */
  readonly literal: string;
  /** What stands under the condition, constants only. */
  readonly text: string;
  /** What is said is not asked for but rewritten. */
  readonly rewrites?: true;
}

type Test = Pick<Condition, 'on' | 'literal' | 'of'>;
type Source = 'messages' | 'message' | 'part' | 'date' | 'calls' | 'call' | 'tools' | 'tool' | 'documents' | 'document';
/** A source, a text of one, or a number taken from one. */
type Kind = { readonly is: Source } | { readonly is: 'text' | 'measure'; readonly of: Said };

const MAX_DEPTH = 500;
const MAX_FOUND = 12;
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);
const MEASURES = new Set(['length', 'count', 'wordcount', 'find', 'rfind', 'index']);
/** Methods and filters after which a text still is what was said. */
const PIECES = new Set(['lower', 'upper', 'title', 'capitalize', 'strip', 'lstrip', 'rstrip', 'trim', 'split', 'replace', 'list', 'first', 'last', 'string', 'join', 'reverse', 'safe', 'escape', 'e', 'int', 'float', 'sort', 'unique', 'casefold', 'tojson', 'batch', 'select', 'reject', 'map', 'default', 'd', 'items', 'values', 'truncate', 'format', 'rsplit', 'splitlines', 'partition', 'removeprefix', 'removesuffix', 'swapcase', 'urlencode', 'wordwrap', 'center', 'indent']);
/** Words that a test must decide over before it is told, by what it looks at: names of tools have formats of their own. */
const LEAST_WORDS: Readonly<Record<Said, number>> = { content: 1, documents: 1, name: 2, arguments: 1, tool: 2 };

export function conditionsOf(program: unknown): Condition[] {
  const root = asNode(program);
  if (root === undefined) return [];
  const reader = new Reader(new Folder(root));
  // Twice: a macro may stand before the calls that tell what it is given.
  reader.read(root);
  reader.found.length = 0;
  reader.read(root);
  return reader.found;
}

class Reader {
  readonly found: Condition[] = [];
  readonly #kinds = new Map<string, Kind>([['messages', { is: 'messages' }], ['tools', { is: 'tools' }], ['documents', { is: 'documents' }]]);
  readonly #folder: Folder;
  readonly #flags = new Map<string, Test>();
  readonly #macros = new Map<string, Node>();

  constructor(folder: Folder) {
    this.#folder = folder;
  }

  read(node: Node, active: Test | undefined = undefined, depth = 0): void {
    if (depth > MAX_DEPTH || this.found.length >= MAX_FOUND) return;
    const each = (nodes: readonly Node[], test: Test | undefined): void => nodes.forEach((child) => this.read(child, test, depth + 1));
    switch (node.type) {
      case 'If': {
        const [body, alternate] = [listOf(node['body']), listOf(node['alternate'])];
        const test = this.#testIn(asNode(node['test']), depth + 1);
        if (test !== undefined) this.#report(test, [...body, ...alternate]);
        this.read(asNode(node['test']) ?? EMPTY, active, depth + 1);
        each(body, test ?? active);
        each(alternate, test ?? active);
        return;
      }
      case 'Ternary': {
        const branches = [asNode(node['trueExpr']), asNode(node['falseExpr'])].filter((branch) => branch !== undefined);
        const test = this.#testIn(asNode(node['condition']), depth + 1);
        if (test !== undefined) this.#report(test, branches);
        each(branches, test ?? active);
        return;
      }
      case 'Set':
        this.#assign(node, active, depth);
        each(listOf(node['body']), active);
        if (asNode(node['value']) !== undefined) this.read(asNode(node['value']) ?? EMPTY, active, depth + 1);
        return;
      case 'For': {
        const iterable = asNode(node['iterable']);
        const over = iterable?.type === 'SelectExpression' ? asNode(iterable['lhs']) : iterable;
        const kind = over === undefined ? undefined : this.#kindOf(over, depth + 1);
        const names = namesIn(asNode(node['loopvar']));
        // Of pairs of name and value the value is what was said.
        for (const [i, name] of names.entries()) this.#set(name, i === names.length - 1 ? eachOf(kind) : undefined);
        each([...listOf(node['body']), ...listOf(node['defaultBlock'])], active);
        return;
      }
      case 'Macro':
        this.#macros.set(nameOf(asNode(node['name'])), node);
        each(listOf(node['body']), undefined);
        return;
      case 'CallExpression':
        this.#bind(node, depth);
        this.#rewrite(asNode(asNode(node['callee'])?.['object']), nameOf(asNode(asNode(node['callee'])?.['property'])), listOf(node['args']), depth);
        break;
      case 'FilterExpression':
        this.#rewrite(asNode(node['operand']), filterName(node), listOf(asNode(node['filter'])?.['args']), depth);
        break;
      case 'MemberExpression':
        if (node['computed'] === true) this.#table(asNode(node['object']), asNode(node['property']), depth);
        break;
    }
    each(childrenOf(node), active);
  }

  /** Words that are put in the place of others in what is said. */
  #rewrite(operand: Node | undefined, name: string, args: readonly Node[], depth: number): void {
    const [from, to] = [this.#folder.text(args[0]), this.#folder.text(args[1])];
    if (name === 'get' && operand !== undefined) this.#table(operand, args[0], depth);
    if (name !== 'replace' || from === undefined || to === undefined || this.found.length >= MAX_FOUND) return;
    const kind = this.#kindOf(operand, depth + 1);
    const of = kind?.is === 'text' ? kind.of : kind?.is === 'tools' || kind?.is === 'tool' || kind?.is === 'call' || kind?.is === 'calls' ? 'tool' : undefined;
    if (of === undefined || !isNatural(from) || (of === 'tool' && !isAddress(from) && wordsOf(from).length < 2)) return;
    if (!this.found.some(({ literal, rewrites }) => literal === from && rewrites === true)) this.found.push({ on: 'content', of, literal: from, text: to, rewrites: true });
  }

  /** {'a word': 'what is said then'}[content] */
  #table(object: Node | undefined, key: Node | undefined, depth: number): void {
    const kind = this.#kindOf(key, depth + 1);
    if (kind?.is !== 'text' || this.found.length >= MAX_FOUND) return;
    for (const table of this.#folder.all(object)) {
      if (!(table instanceof Map)) continue;
      const entries = [...(table as ReadonlyMap<string, Constant>)].filter(([word, said]) => telling(word, kind.of) !== undefined && typeof said === 'string' && wordsOf(said).length >= 3);
      const [first] = entries;
      if (first !== undefined) this.found.push({ on: 'content', of: kind.of, literal: first[0], text: entries.map(([, said]) => String(said)).join(' ') });
    }
  }

  /** What a macro is called with becomes what its parameters are. */
  #bind(node: Node, depth: number): void {
    const macro = this.#macros.get(nameOf(asNode(node['callee'])));
    if (macro === undefined) return;
    const names = listOf(macro['args']).map((argument) => nameOf(argument.type === 'KeywordArgumentExpression' ? asNode(argument['key']) : argument));
    for (const [i, argument] of listOf(node['args']).entries()) {
      const kind = this.#kindOf(argument, depth + 1);
      const name = names[i];
      if (kind !== undefined && name !== undefined) this.#kinds.set(name, kind);
    }
  }

  #assign(node: Node, active: Test | undefined, depth: number): void {
    const target = asNode(node['assignee']);
    const value = asNode(node['value']);
    if (target === undefined || value === undefined) return;
    const name = pathOf(target);
    if (name === undefined) return;
    const test = this.#testIn(value, depth + 1);
    const kind = this.#kindOf(value, depth + 1);
    this.#set(name, kind);
    // A constant that is only kept where something was said stands for that it was said.
    if (test !== undefined) this.#flags.set(name, test);
    else if (active !== undefined && kind === undefined) this.#flags.set(name, active);
  }

  #set(name: string, kind: Kind | undefined): void {
    if (kind === undefined) this.#kinds.delete(name);
    else this.#kinds.set(name, kind);
  }

  #report(test: Test, branches: readonly Node[]): void {
    const text = branches.map((branch) => this.#constantsIn(branch)).join(' ');
    const least = test.on === 'content' && !isPlain(test.literal) ? 3 : LEAST_WORDS[test.of];
    if (wordsOf(text).length >= least) this.found.push({ ...test, text: text.trim() });
  }

  /** The first test on content, length or date in an expression. */
  #testIn(node: Node | undefined, depth: number): Test | undefined {
    if (node === undefined || depth > MAX_DEPTH) return undefined;
    switch (node.type) {
      case 'Identifier':
      case 'MemberExpression': {
        const name = pathOf(node);
        return name === undefined ? undefined : this.#flags.get(name);
      }
      case 'UnaryExpression':
        return this.#testIn(asNode(node['argument']), depth + 1);
      case 'BinaryExpression': {
        const [left, right] = [asNode(node['left']), asNode(node['right'])];
        const operator = String(asNode(node['operator'])?.['value'] ?? '');
        if (left === undefined || right === undefined) return undefined;
        if (operator === 'and' || operator === 'or') return this.#testIn(left, depth + 1) ?? this.#testIn(right, depth + 1);
        return COMPARISONS.has(operator) ? (this.#compared(left, right, operator, 'left', depth) ?? this.#compared(right, left, operator, 'right', depth)) : undefined;
      }
      case 'CallExpression': {
        const callee = asNode(node['callee']);
        const method = callee?.type === 'MemberExpression' ? nameOf(asNode(callee['property'])) : '';
        const [argument] = listOf(node['args']);
        if ((method !== 'startswith' && method !== 'endswith') || argument === undefined || callee === undefined) return undefined;
        return this.#against(this.#kindOf(asNode(callee['object']), depth + 1), argument);
      }
      case 'FilterExpression': {
        // messages | selectattr('content', 'equalto', '…') | list
        const args = listOf(asNode(node['filter'])?.['args']);
        if (/^(select|reject)attr$/.test(filterName(node)) && this.#folder.text(args[0]) === 'content' && args.length > 2) return this.#against({ is: 'text', of: 'content' }, args[2]);
        return this.#testIn(asNode(node['operand']), depth + 1);
      }
      default:
        return undefined;
    }
  }

  /** A text of the conversation against what a constant can come to. */
  #against(kind: Kind | undefined, other: Node | undefined): Test | undefined {
    if (kind?.is !== 'text') return undefined;
    for (const literal of this.#folder.texts(other)) {
      const test = telling(literal, kind.of);
      if (test !== undefined) return test;
    }
    return undefined;
  }

  #compared(side: Node, other: Node, operator: string, place: 'left' | 'right', depth: number): Test | undefined {
    // A test inside one side: (messages | selectattr(…) | length) > 0.
    const inner = side.type === 'FilterExpression' ? this.#testIn(side, depth + 1) : undefined;
    if (inner !== undefined) return inner;
    const found = this.#kindOf(side, depth + 1);
    // A part of a content: a character, or an object with keys that are asked for with 'in'.
    const kind: Kind | undefined = found?.is === 'part' && (operator === '==' || operator === '!=' || place === 'left') ? { is: 'text', of: 'content' } : found;
    const number = this.#folder.number(other);
    if (kind?.is === 'text') {
      const against = this.#against(kind, other);
      if (against !== undefined) return against;
      if (number !== undefined && Math.abs(number) > 1 && this.#folder.all(side).length === 0) return { on: 'content', of: kind.of, literal: String(number) };
      const again = this.#kindOf(other, depth + 1);
      // Compared with itself in another form: all capitals, say.
      return again?.is === 'text' && again.of === 'content' && kind.of === 'content' && (side.type === 'FilterExpression' || side.type === 'CallExpression') ? { on: 'content', of: 'content', literal: '' } : undefined;
    }
    if (kind?.is === 'measure' && number !== undefined && Math.abs(number) > 1) return { on: kind.of === 'content' || kind.of === 'name' || kind.of === 'arguments' ? 'length' : 'count', of: kind.of, literal: String(number) };
    if (kind?.is === 'measure' && isFinder(side)) return telling(this.#folder.text(listOf(side['args'])[0]), kind.of);
    const literal = this.#folder.text(other);
    return kind?.is === 'date' && (literal !== undefined || number !== undefined) ? { on: 'date', of: 'content', literal: literal ?? String(number) } : undefined;
  }

  #kindOf(node: Node | undefined, depth: number): Kind | undefined {
    if (node === undefined || depth > MAX_DEPTH) return undefined;
    switch (node.type) {
      case 'Identifier':
        return this.#kinds.get(nameOf(node));
      case 'MemberExpression': {
        const known = pathOf(node);
        const held = known === undefined ? undefined : this.#kinds.get(known);
        if (held !== undefined) return held;
        const object = this.#kindOf(asNode(node['object']), depth + 1);
        const property = asNode(node['property']);
        const computed = node['computed'] === true;
        return memberOf(object, computed ? this.#folder.text(property) : nameOf(property), computed, property?.type === 'SliceExpression');
      }
      case 'CallExpression': {
        const callee = asNode(node['callee']);
        if (callee?.type === 'Identifier') return nameOf(callee) === 'strftime_now' ? { is: 'date' } : undefined;
        if (callee?.type !== 'MemberExpression') return undefined;
        const object = this.#kindOf(asNode(callee['object']), depth + 1);
        const method = nameOf(asNode(callee['property']));
        return method === 'get' ? memberOf(object, this.#folder.text(listOf(node['args'])[0]), true, false) : after(object, method);
      }
      case 'FilterExpression':
        return after(this.#kindOf(asNode(node['operand']), depth + 1), filterName(node));
      case 'BinaryExpression': {
        const operator = nameOf(asNode(node['operator'])) || String(asNode(node['operator'])?.['value'] ?? '');
        const [left, right] = [this.#kindOf(asNode(node['left']), depth + 1), this.#kindOf(asNode(node['right']), depth + 1)];
        return COMPARISONS.has(operator) || operator === 'and' ? undefined : (left ?? right);
      }
      case 'Ternary':
        return this.#kindOf(asNode(node['trueExpr']), depth + 1) ?? this.#kindOf(asNode(node['falseExpr']), depth + 1);
      default:
        return undefined;
    }
  }

  /** Constants that a branch says: not those it compares with or looks up. */
  #constantsIn(node: Node, depth = 0): string {
    if (depth > MAX_DEPTH) return '';
    if (node.type === 'StringLiteral') return String(node['value']);
    const said = (field: string): string => listOf(node[field]).map((child) => this.#constantsIn(child, depth + 1)).join(' ');
    const one = (field: string): string => this.#constantsIn(asNode(node[field]) ?? EMPTY, depth + 1);
    switch (node.type) {
      case 'If':
        return `${said('body')} ${said('alternate')}`;
      case 'For':
        return said('body');
      case 'Ternary':
        return `${one('trueExpr')} ${one('falseExpr')}`;
      case 'Set':
        return `${one('value')} ${said('body')}`;
      case 'BinaryExpression':
        return COMPARISONS.has(String(asNode(node['operator'])?.['value'] ?? '')) ? '' : (this.#folder.text(node) ?? `${one('left')} ${one('right')}`);
      case 'FilterExpression':
        return this.#folder.text(node) ?? one('operand');
      case 'Identifier':
      case 'MemberExpression':
        return this.#folder.texts(node).join(' ');
      // What only stops the rendering is not said to anybody.
      case 'CallExpression':
        return this.#folder.texts(node).join(' ');
      default:
        return '';
    }
  }
}

function eachOf(kind: Kind | undefined): Kind | undefined {
  switch (kind?.is) {
    case 'messages': return { is: 'message' };
    case 'calls': return { is: 'call' };
    case 'tools': return { is: 'tool' };
    case 'documents': return { is: 'document' };
    case 'text': return kind.of === 'content' ? { is: 'part' } : kind;
    default: return undefined;
  }
}

const CONTENTS = new Set(['content', 'reasoning_content', 'thinking', 'text']);
const TOOL_TEXTS = new Set(['name', 'description']);

function memberOf(object: Kind | undefined, name: string | undefined, computed: boolean, slice: boolean): Kind | undefined {
  if (object === undefined) return undefined;
  switch (object.is) {
    case 'messages': return slice ? object : computed ? { is: 'message' } : undefined;
    case 'calls': return slice ? object : computed ? { is: 'call' } : undefined;
    case 'tools': return slice ? object : computed ? { is: 'tool' } : undefined;
    case 'documents': return slice ? object : computed ? { is: 'document' } : undefined;
    case 'message': return name === undefined ? undefined : CONTENTS.has(name) ? { is: 'text', of: 'content' } : name === 'name' ? { is: 'text', of: 'name' } : name === 'tool_calls' ? { is: 'calls' } : undefined;
    case 'call': return name === 'function' ? object : name === 'name' ? { is: 'text', of: 'tool' } : name === 'arguments' || name === 'parameters' ? { is: 'text', of: 'arguments' } : undefined;
    case 'tool': return name === 'function' ? object : name !== undefined && TOOL_TEXTS.has(name) ? { is: 'text', of: 'tool' } : undefined;
    case 'document': return name === undefined || /id$/.test(name) ? undefined : { is: 'text', of: 'documents' };
    case 'part': return name === 'text' || name === 'content' ? { is: 'text', of: 'content' } : undefined;
    case 'text': return computed && (name === undefined || object.of === 'arguments') ? object : undefined;
    default: return undefined;
  }
}

function after(kind: Kind | undefined, name: string): Kind | undefined {
  switch (kind?.is) {
    case 'messages': return name === 'last' || name === 'first' ? { is: 'message' } : name === 'list' || name === 'reverse' || name === 'selectattr' || name === 'rejectattr' ? kind : undefined;
    case 'tools': case 'tool': case 'calls': case 'call': return MEASURES.has(name) ? { is: 'measure', of: 'tool' } : name === 'map' || name === 'tojson' || name === 'string' || name === 'list' || name === 'selectattr' || name === 'rejectattr' || name === 'safe' ? kind : name === 'first' || name === 'last' ? eachOf(kind) : undefined;
    case 'documents': return MEASURES.has(name) ? { is: 'measure', of: 'documents' } : name === 'list' ? kind : name === 'first' || name === 'last' ? { is: 'document' } : undefined;
    case 'text': return MEASURES.has(name) ? { is: 'measure', of: kind.of } : PIECES.has(name) ? kind : undefined;
    case 'date': return PIECES.has(name) ? kind : undefined;
    case 'measure': return PIECES.has(name) ? kind : undefined;
    default: return undefined;
  }
}

const EMPTY: Node = { type: 'Empty' };

/** Types of a schema: templates write them out in their own words. */
const SCHEMA_TYPES = new Set(['string', 'str', 'number', 'integer', 'int', 'float', 'boolean', 'bool', 'array', 'list', 'object', 'dict', 'null', 'any', 'union', 'enum', 'function', 'code_interpreter', 'image', 'video', 'audio', 'text']);

/** A test against words; against tags, switches, white space and nothing at all is what templates do. */
function telling(literal: string | undefined, of: Said): Test | undefined {
  if (literal === undefined) return undefined;
  // Quotes around it are those of JSON.
  const bare = literal.trim().replace(/^["']{1,2}(?=[^"'])|(?<=[^"'])["']{1,2}$/g, '');
  if (bare === '') return /[\u200b-\u200f\u2060\u00a0\ufeff]/.test(literal) ? { on: 'content', of, literal } : undefined;
  if (of !== 'content' && of !== 'documents' && SCHEMA_TYPES.has(bare)) return undefined;
  return MARKUP.test(bare) ? undefined : { on: 'content', of, literal };
}

/** Tags, marks of lists and code, brackets, special tokens: what templates look for in what was said. */
const MARKUP = /^[<[({`"'\]})>|#*:=/\\-]|[>|\]]$|\n/;

/** Words, or letters and digits alone: such a test needs no more reason to be told than that it decides over words. */
function isPlain(literal: string): boolean {
  return literal === '' || isNatural(literal) || /^[\p{L}\p{N}@]{1,3}$/u.test(literal.trim());
}

function isAddress(text: string): boolean {
  return /:\/\/|^www\.|\.\w{2,}\/|^[\w-]+(?:\.[\w-]+)+$/.test(text);
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.flatMap((item: unknown) => asNode(item) ?? []) : [];
}

function nameOf(node: Node | undefined): string {
  return node?.type === 'Identifier' ? String(node['value']) : '';
}

function filterName(node: Node): string {
  const filter = asNode(node['filter']);
  return nameOf(filter?.type === 'CallExpression' ? asNode(filter['callee']) : filter);
}

function isFinder(node: Node): boolean {
  return node.type === 'CallExpression' && /^(find|rfind|index|count)$/.test(nameOf(asNode(asNode(node['callee'])?.['property'])));
}
