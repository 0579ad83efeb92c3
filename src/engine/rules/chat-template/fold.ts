// What an expression of a template comes to where it is made of constants only: literals put together, cut, turned round,
// formatted, kept in variables, namespaces and dictionaries. A name that is set more than once has several values: all of
// them are followed, up to a few. Statements are read in the order in which they stand; which of them run is not asked.
// Subset: Jinja2's operators, slices and the filters and methods that make texts of texts. What it can miss: values that
// depend on how often a loop runs.
import { braces, combine as combineTexts, METHODS, percent, type Plain } from '../../artifact/tokenizer/jinja-gaps.ts';
import { asNode, childrenOf, namesIn, type Node } from './nodes.ts';

export type Constant = string | number | boolean | null | readonly Constant[] | ReadonlyMap<string, Constant>;

/** Values of one expression that are followed. */
const MAX_VALUES = 8;
const MAX_TEXT = 4096;
const MAX_ITEMS = 512;
/** CWE-674. */
const MAX_DEPTH = 200;
const CONSTANTS: ReadonlyMap<string, Constant> = new Map<string, Constant>([['true', true], ['True', true], ['false', false], ['False', false], ['none', null], ['None', null]]);

export class Folder {
  readonly #values = new Map<string, readonly Constant[]>();

  constructor(root: Node) {
    this.#read(root, 0);
  }

  /** Everything that `node` can come to; empty where it is no constant. */
  all(node: Node | undefined, depth = 0): readonly Constant[] {
    if (node === undefined || depth > MAX_DEPTH) return [];
    return unique(this.#all(node, depth + 1));
  }

  text(node: Node | undefined): string | undefined {
    return this.all(node).find((value) => typeof value === 'string');
  }

  /** Texts that it can come to, those in lists included. */
  texts(node: Node | undefined): string[] {
    return this.all(node).flatMap((value) => textsOf(value, 0));
  }

  number(node: Node | undefined): number | undefined {
    return this.all(node).find((value) => typeof value === 'number');
  }

  #read(node: Node, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (node.type === 'Set') this.#set(node);
    if (node.type === 'For') {
      const [name, ...more] = namesIn(asNode(node['loopvar']));
      const lists = name === undefined || more.length > 0 ? [] : this.all(asNode(node['iterable']));
      if (name !== undefined) this.#add(name, lists.flatMap((list) => (typeof list === 'string' ? [...list] : Array.isArray(list) ? (list as readonly Constant[]) : [])));
    }
    for (const child of childrenOf(node)) this.#read(child, depth + 1);
  }

  #set(node: Node): void {
    const target = asNode(node['assignee']);
    const value = asNode(node['value']);
    const name = target === undefined ? undefined : pathOf(target);
    if (name === undefined) return;
    const body = listOf(node['body']);
    if (value === undefined) {
      const [only] = body;
      if (body.length === 1 && only?.type === 'StringLiteral') this.#add(name, this.all(only));
      return;
    }
    const callee = value.type === 'CallExpression' ? asNode(value['callee']) : undefined;
    const made = callee?.type === 'Identifier' && (callee['value'] === 'namespace' || callee['value'] === 'dict');
    for (const argument of made ? listOf(value['args']) : []) if (argument.type === 'KeywordArgumentExpression') this.#add(`${name}.${String(asNode(argument['key'])?.['value'] ?? '')}`, this.all(asNode(argument['value'])));
    this.#add(name, this.all(value));
  }

  #add(name: string, values: readonly Constant[]): void {
    if (values.length > 0) this.#values.set(name, unique([...(this.#values.get(name) ?? []), ...values]));
  }

  #all(node: Node, depth: number): readonly Constant[] {
    const of = (field: string): readonly Constant[] => this.all(asNode(node[field]), depth);
    switch (node.type) {
      case 'StringLiteral':
        return [String(node['value'])];
      case 'IntegerLiteral':
      case 'FloatLiteral':
        return [Number(node['value'])];
      case 'Identifier': {
        const name = String(node['value']);
        const constant = CONSTANTS.get(name);
        return constant === undefined ? (this.#values.get(name) ?? []) : [constant];
      }
      case 'ArrayLiteral':
      case 'TupleLiteral': {
        const items = listOf(node['value']).map((item) => this.all(item, depth)[0]);
        return items.length <= MAX_ITEMS && items.every((item) => item !== undefined) ? [items] : [];
      }
      case 'ObjectLiteral': {
        const made = new Map<string, Constant>();
        for (const [key, value] of node['value'] instanceof Map ? (node['value'] as ReadonlyMap<unknown, unknown>) : []) {
          const [name] = this.all(asNode(key), depth);
          const [held] = this.all(asNode(value), depth);
          if (typeof name === 'string' && held !== undefined) made.set(name, held);
        }
        return made.size === 0 ? [] : [made];
      }
      case 'UnaryExpression':
        return of('argument').flatMap((value) => (typeof value === 'number' ? [nameOfOperator(node) === '-' ? -value : value] : []));
      case 'Ternary':
        return [...of('trueExpr'), ...of('falseExpr')];
      case 'BinaryExpression':
        return pairs(of('left'), of('right')).flatMap(([left, right]) => combine(nameOfOperator(node), left, right) ?? []);
      case 'MemberExpression':
        return this.#member(node, depth);
      case 'FilterExpression': {
        const filter = asNode(node['filter']);
        const call = filter?.type === 'CallExpression';
        const name = String((call ? asNode(filter['callee']) : filter)?.['value'] ?? '');
        const args = (call ? listOf(filter['args']) : []).map((argument) => this.all(argument, depth)[0]);
        return of('operand').flatMap((value) => apply(name, value, args) ?? []);
      }
      case 'CallExpression': {
        const callee = asNode(node['callee']);
        if (callee?.type !== 'MemberExpression') return [];
        const args = listOf(node['args']).map((argument) => this.all(argument, depth)[0]);
        const name = String(asNode(callee['property'])?.['value'] ?? '');
        return this.all(asNode(callee['object']), depth).flatMap((value) => apply(name === 'join' && args.length === 1 ? 'joinOf' : name, value, args) ?? []);
      }
      default:
        return [];
    }
  }

  #member(node: Node, depth: number): readonly Constant[] {
    const path = pathOf(node);
    const kept = path === undefined ? undefined : this.#values.get(path);
    if (kept !== undefined) return kept;
    const property = asNode(node['property']);
    const objects = this.all(asNode(node['object']), depth);
    if (property?.type === 'SliceExpression') {
      const [start, stop, step] = ['start', 'stop', 'step'].map((field) => this.all(asNode(property[field]), depth)[0]);
      return objects.flatMap((value) => sliced(value, start, stop, step) ?? []);
    }
    const keys = node['computed'] === true ? this.all(property, depth) : [String(property?.['value'] ?? '')];
    return pairs(objects, keys).flatMap(([value, key]) => itemOf(value, key) ?? []);
  }
}

function nameOfOperator(node: Node): string {
  const operator: unknown = node['operator'];
  return typeof operator === 'object' && operator !== null && 'value' in operator ? String(operator.value) : '';
}

function pairs(left: readonly Constant[], right: readonly Constant[]): (readonly [Constant, Constant])[] {
  return left.flatMap((a) => right.map((b) => [a, b] as const)).slice(0, MAX_VALUES * MAX_VALUES);
}

function combine(operator: string, left: Constant, right: Constant): Constant[] | undefined {
  if (operator === '~') return bounded(show(left) + show(right));
  if (operator === '%' && typeof left === 'string') return made(combineTexts(operator, left, right));
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return bounded(left + right);
  if (operator === '+' && Array.isArray(left) && Array.isArray(right)) return [[...(left as readonly Constant[]), ...(right as readonly Constant[])].slice(0, MAX_ITEMS)];
  if (operator === '*' && typeof left === 'string' && typeof right === 'number') return right >= 0 && left.length * right <= MAX_TEXT ? [left.repeat(right)] : undefined;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  switch (operator) {
    case '+': return [left + right];
    case '-': return [left - right];
    case '*': return [left * right];
    case '/': return [left / right];
    case '//': return [Math.floor(left / right)];
    case '%': return [((left % right) + right) % right];
    case '**': return [left ** right];
    default: return undefined;
  }
}

/** Filters and methods, by name: what they make of a constant. */
function apply(name: string, value: Constant, args: readonly (Constant | undefined)[]): Constant[] | undefined {
  const [first, second] = args;
  const items = typeof value === 'string' ? [...value] : Array.isArray(value) ? (value as readonly Constant[]) : undefined;
  switch (name) {
    case 'join': return items === undefined || (first !== undefined && typeof first !== 'string') ? undefined : bounded(items.map(show).join(first ?? ''));
    case 'joinOf': return typeof value === 'string' && Array.isArray(first) ? bounded((first as readonly Constant[]).map(show).join(value)) : undefined;
    case 'reverse': return typeof value === 'string' ? [[...value].reverse().join('')] : items === undefined ? undefined : [[...items].reverse()];
    case 'list': return items === undefined ? undefined : [items];
    case 'sort': return items === undefined ? undefined : [[...items].sort((a, b) => (show(a) < show(b) ? -1 : 1))];
    case 'first': return items?.[0] === undefined ? undefined : [items[0]];
    case 'last': return items?.at(-1) === undefined ? undefined : [items.at(-1) ?? ''];
    case 'length': case 'count': return items === undefined || first !== undefined ? undefined : [items.length];
    case 'map': return items === undefined || typeof first !== 'string' ? undefined : [items.flatMap((item) => apply(first, item, args.slice(1)) ?? [])];
    case 'int': return [Number.parseInt(show(value), 10) || 0];
    case 'string': case 'safe': case 'e': case 'escape': case 'encode': case 'decode': return [show(value)];
    case 'get': return typeof first === 'string' ? itemOf(value, first) ?? (second === undefined ? undefined : [second]) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  switch (name) {
    case 'lower': case 'casefold': return [value.toLowerCase()];
    case 'upper': return [value.toUpperCase()];
    case 'trim': case 'strip': return [value.trim()];
    case 'lstrip': return [value.trimStart()];
    case 'rstrip': return [value.trimEnd()];
    case 'title': return [value.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())];
    case 'capitalize': return [value.charAt(0).toUpperCase() + value.slice(1).toLowerCase()];
    case 'swapcase': case 'removeprefix': case 'removesuffix': return made(METHODS.get(name)?.(value, args));
    case 'replace': return typeof first === 'string' && typeof second === 'string' && first !== '' && value.length * (second.length + 1) <= MAX_TEXT ? [value.replaceAll(first, second)] : undefined;
    case 'split': return typeof first === 'string' && first !== '' ? [value.split(first).slice(0, MAX_ITEMS)] : [value.trim().split(/\s+/).slice(0, MAX_ITEMS)];
    case 'format': return made(value.includes('{') ? braces(value, args) : percent(value, args));
    default: return undefined;
  }
}

function sliced(value: Constant, start: Constant | undefined, stop: Constant | undefined, step: Constant | undefined): Constant[] | undefined {
  const items = typeof value === 'string' ? [...value] : Array.isArray(value) ? (value as readonly Constant[]) : undefined;
  if (items === undefined) return undefined;
  const by = typeof step === 'number' && step !== 0 ? Math.trunc(step) : 1;
  const place = (at: Constant | undefined, otherwise: number): number => (typeof at === 'number' ? Math.max(by < 0 ? -1 : 0, Math.min(items.length - (by < 0 ? 1 : 0), at < 0 ? items.length + at : at)) : otherwise);
  const [from, to] = [place(start, by < 0 ? items.length - 1 : 0), place(stop, by < 0 ? -1 : items.length)];
  const kept: Constant[] = [];
  for (let i = from; by < 0 ? i > to : i < to; i += by) kept.push(items[i] ?? '');
  return [typeof value === 'string' ? kept.map(show).join('') : kept];
}

function itemOf(value: Constant, key: Constant): Constant[] | undefined {
  const found = value instanceof Map && typeof key === 'string' ? value.get(key) : typeof key === 'number' && (typeof value === 'string' || Array.isArray(value)) ? (value as readonly Constant[] | string).at(key) : undefined;
  return found === undefined ? undefined : [found];
}

function made(value: Plain | undefined): Constant[] | undefined {
  return value === undefined || (typeof value === 'string' && value.length > MAX_TEXT) ? undefined : [value];
}

function bounded(text: string): Constant[] | undefined {
  return text.length <= MAX_TEXT ? [text] : undefined;
}

function show(value: Constant): string {
  return typeof value === 'object' ? '' : String(value);
}

function textsOf(value: Constant, depth: number): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && depth < 4 ? (value as readonly Constant[]).flatMap((item) => textsOf(item, depth + 1)) : [];
}

function unique(values: readonly Constant[]): readonly Constant[] {
  return values.length < 2 ? values : [...new Set(values)].slice(0, MAX_VALUES);
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.flatMap((item: unknown) => asNode(item) ?? []) : [];
}

/** 'name' or 'name.attribute'. */
export function pathOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return String(node['value']);
  const [object, property] = [asNode(node['object']), asNode(node['property'])];
  if (node.type !== 'MemberExpression' || node['computed'] === true || object?.type !== 'Identifier' || property === undefined) return undefined;
  return `${String(object['value'])}.${String(property['value'])}`;
}
