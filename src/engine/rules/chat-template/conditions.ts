// Conditions of a template on what is said, read off its syntax tree without running it: the complement to behaviour.ts,
// where a method that the interpreter lacks, or a condition that no probe meets, leaves nothing to compare. What comes from
// a message's content (or the date) is followed through variables, filters, methods, loops and macros into tests; a test on
// it that decides over words of a natural language is reported.
// Subset: tests against constants and measures; tags and switches as constants, tests of type and emptiness are ordinary.
// What it can miss: content that passes through dictionaries, and tests whose branches say nothing in words.
import { isNatural } from './behaviour.ts';
import { wordsOf } from './render.ts';
import { asNode, childrenOf, foldString, namesIn, type Node } from './syntax.ts';

export interface Condition {
  readonly on: 'content' | 'length' | 'date';
  /** What is compared with, as far as it is a constant. */
  readonly literal: string;
  /** What stands under the condition, constants only. */
  readonly text: string;
}

type Test = Pick<Condition, 'on' | 'literal'>;
type Kind = 'messages' | 'message' | 'content' | 'part' | 'measure' | 'date';

const LEAST_WORDS = 1;
const MAX_DEPTH = 500;
const MAX_FOUND = 12;
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);
const MEASURES = new Set(['length', 'count', 'wordcount', 'find', 'rfind', 'index']);
/** Methods and filters after which a text still is what was said. */
const PIECES = new Set(['lower', 'upper', 'title', 'capitalize', 'strip', 'lstrip', 'rstrip', 'trim', 'split', 'replace', 'list', 'first', 'last', 'string', 'join', 'reverse', 'safe', 'escape', 'e', 'int', 'float', 'sort', 'unique', 'casefold', 'tojson', 'batch', 'select', 'reject', 'map']);

export function conditionsOf(program: unknown): Condition[] {
  const root = asNode(program);
  if (root === undefined) return [];
  const reader = new Reader();
  // Twice: a macro may stand before the calls that tell what it is given.
  reader.read(root);
  reader.found.length = 0;
  reader.read(root);
  return reader.found;
}

class Reader {
  readonly found: Condition[] = [];
  readonly #kinds = new Map<string, Kind>([['messages', 'messages']]);
  readonly #flags = new Map<string, Test>();
  readonly #macros = new Map<string, Node>();

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
        const each_ = kind === 'messages' ? 'message' : kind === 'content' ? 'part' : undefined;
        for (const name of namesIn(asNode(node['loopvar']))) this.#set(name, each_);
        each([...listOf(node['body']), ...listOf(node['defaultBlock'])], active);
        return;
      }
      case 'Macro':
        this.#macros.set(nameOf(asNode(node['name'])), node);
        each(listOf(node['body']), undefined);
        return;
      case 'CallExpression':
        this.#bind(node, depth);
        break;
    }
    each(childrenOf(node), active);
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
    else if (active !== undefined && (value.type === 'StringLiteral' || value.type === 'IntegerLiteral' || value.type === 'Identifier')) this.#flags.set(name, active);
  }

  #set(name: string, kind: Kind | undefined): void {
    if (kind === undefined) this.#kinds.delete(name);
    else this.#kinds.set(name, kind);
  }

  #report(test: Test, branches: readonly Node[]): void {
    const text = branches.map((branch) => constantsIn(branch)).join(' ');
    if (wordsOf(text).length >= LEAST_WORDS) this.found.push({ ...test, text: text.trim() });
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
        return COMPARISONS.has(operator) ? (this.#compared(left, right, depth) ?? this.#compared(right, left, depth)) : undefined;
      }
      case 'CallExpression': {
        const callee = asNode(node['callee']);
        const method = callee?.type === 'MemberExpression' ? nameOf(asNode(callee['property'])) : '';
        const [argument] = listOf(node['args']);
        if ((method !== 'startswith' && method !== 'endswith') || argument === undefined || callee === undefined) return undefined;
        return this.#kindOf(asNode(callee['object']), depth + 1) === 'content' ? telling(foldString(argument)) : undefined;
      }
      case 'FilterExpression': {
        // messages | selectattr('content', 'equalto', '…') | list
        const filter = asNode(node['filter']);
        const args = listOf(filter?.['args']).map((argument) => foldString(argument));
        if (/^(select|reject)attr$/.test(filterName(node)) && args[0] === 'content' && args.length > 2) return telling(args[2]);
        return this.#testIn(asNode(node['operand']), depth + 1);
      }
      default:
        return undefined;
    }
  }

  #compared(side: Node, other: Node, depth: number): Test | undefined {
    // A test inside one side: (messages | selectattr(…) | length) > 0.
    const inner = side.type === 'FilterExpression' ? this.#testIn(side, depth + 1) : undefined;
    if (inner !== undefined) return inner;
    const kind = this.#kindOf(side, depth + 1);
    const literal = foldString(other);
    if (kind === 'content') {
      if (literal !== undefined) return telling(literal);
      if (other.type === 'ArrayLiteral' || other.type === 'TupleLiteral') return telling(listOf(other['value']).map((item) => foldString(item) ?? '').join(' '));
      // Compared with itself in another form: all capitals, say.
      return this.#kindOf(other, depth + 1) === 'content' && (side.type === 'FilterExpression' || side.type === 'CallExpression') ? { on: 'content', literal: '' } : undefined;
    }
    const number = numberOf(other);
    if (kind === 'measure' && number !== undefined && Math.abs(number) > 1) return { on: 'length', literal: String(number) };
    if (kind === 'measure' && isFinder(side)) return telling(finderLiteral(side));
    return kind === 'date' && (literal !== undefined || number !== undefined) ? { on: 'date', literal: literal ?? String(number) } : undefined;
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
        const name = node['computed'] === true ? (property === undefined ? undefined : foldString(property)) : nameOf(property);
        if (object === 'messages') return property?.type === 'SliceExpression' ? 'messages' : node['computed'] === true ? 'message' : undefined;
        if (object === 'message') return name === 'content' ? 'content' : undefined;
        if (object === 'part') return name === 'text' || name === 'content' ? 'content' : undefined;
        return object === 'content' && node['computed'] === true && name === undefined ? 'content' : undefined;
      }
      case 'CallExpression': {
        const callee = asNode(node['callee']);
        if (callee?.type === 'Identifier') return nameOf(callee) === 'strftime_now' ? 'date' : undefined;
        if (callee?.type !== 'MemberExpression') return undefined;
        return this.#after(this.#kindOf(asNode(callee['object']), depth + 1), nameOf(asNode(callee['property'])));
      }
      case 'FilterExpression':
        return this.#after(this.#kindOf(asNode(node['operand']), depth + 1), filterName(node));
      case 'BinaryExpression': {
        const [left, right] = [this.#kindOf(asNode(node['left']), depth + 1), this.#kindOf(asNode(node['right']), depth + 1)];
        const operator = String(asNode(node['operator'])?.['value'] ?? '');
        if (COMPARISONS.has(operator)) return undefined;
        return left ?? right;
      }
      case 'Ternary':
        return this.#kindOf(asNode(node['trueExpr']), depth + 1) ?? this.#kindOf(asNode(node['falseExpr']), depth + 1);
      default:
        return undefined;
    }
  }

  #after(kind: Kind | undefined, name: string): Kind | undefined {
    if (kind === 'messages') return name === 'last' || name === 'first' ? 'message' : name === 'list' || name === 'reverse' ? 'messages' : undefined;
    if (kind === 'content') return MEASURES.has(name) ? 'measure' : PIECES.has(name) ? 'content' : undefined;
    if (kind === 'date') return PIECES.has(name) ? 'date' : undefined;
    return kind === 'measure' && PIECES.has(name) ? 'measure' : undefined;
  }
}

const EMPTY: Node = { type: 'Empty' };

/** A test against words; against tags, switches, punctuation and nothing at all is what templates do. */
function telling(literal: string | undefined): Test | undefined {
  if (literal === undefined || literal.trim() === '') return literal !== undefined && /[\u200b-\u200f\u2060]/.test(literal) ? { on: 'content', literal } : undefined;
  return isNatural(literal) || /^[\p{L}\p{N}@]{1,3}$/u.test(literal.trim()) ? { on: 'content', literal } : undefined;
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.flatMap((item: unknown) => asNode(item) ?? []) : [];
}

function nameOf(node: Node | undefined): string {
  return node?.type === 'Identifier' ? String(node['value']) : '';
}

/** 'name' or 'name.attribute'. */
function pathOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return nameOf(node);
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const [object, property] = [nameOf(asNode(node['object'])), nameOf(asNode(node['property']))];
  return object === '' || property === '' ? undefined : `${object}.${property}`;
}

function filterName(node: Node): string {
  const filter = asNode(node['filter']);
  return nameOf(filter?.type === 'CallExpression' ? asNode(filter['callee']) : filter);
}

function isFinder(node: Node): boolean {
  return node.type === 'CallExpression' && /^(find|rfind|index|count)$/.test(nameOf(asNode(asNode(node['callee'])?.['property'])));
}

function finderLiteral(node: Node): string | undefined {
  const [argument] = listOf(node['args']);
  return argument === undefined ? undefined : foldString(argument);
}

function numberOf(node: Node): number | undefined {
  if (node.type === 'IntegerLiteral' || node.type === 'FloatLiteral') return Number(node['value']);
  return undefined;
}

/** Constants that a branch says: not those it compares with or looks up. */
function constantsIn(node: Node, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  if (node.type === 'StringLiteral') return String(node['value']);
  const said = (field: string): string => listOf(node[field]).map((child) => constantsIn(child, depth + 1)).join(' ');
  const one = (field: string): string => constantsIn(asNode(node[field]) ?? EMPTY, depth + 1);
  switch (node.type) {
    case 'If':
      return `${said('body')} ${said('alternate')}`;
    case 'For':
      return said('body');
    case 'Ternary':
      return `${one('trueExpr')} ${one('falseExpr')}`;
    case 'Set':
      return one('value');
    case 'BinaryExpression':
      return COMPARISONS.has(String(asNode(node['operator'])?.['value'] ?? '')) ? '' : `${one('left')} ${one('right')}`;
    case 'FilterExpression':
      return one('operand');
    default:
      return '';
  }
}
