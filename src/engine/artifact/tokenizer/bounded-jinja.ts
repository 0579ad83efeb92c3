// Jinja templates of a hostile file, rendered by @huggingface/jinja within bounds. The library interprets an expression tree
// and offers a template no host objects, so the danger is time and memory, not code. Bounded: source length, evaluation
// steps, length of every text and list a step gives, all of them together, range(). A single step can still cost much by
// itself: a replace() or join() may build up to 512 MB (the engine's longest string) before it is refused, once.
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { inCommonJinja, withoutRaw } from './jinja-dialect.ts';
import { combine, FILTERS, METHODS, type Plain } from './jinja-gaps.ts';

const JINJA_BOUNDS = {
  /** The largest chat templates in the field have about 40,000 characters. */
  maxSourceChars: 256 * 1024,
  /** The library's lexer is quadratic in a run of blanks. */
  maxBlankRun: 1024,
  /** An ordinary conversation takes some thousands. */
  maxSteps: 100_000,
  /** One text, the rendered prompt included. */
  maxTextChars: 2 ** 20,
  maxListItems: 10_000,
  /** Characters, and list items times 64 (a loop sets up a scope for each), over all steps. */
  maxWork: 2 ** 26,
  /** Brackets inside brackets, statements inside statements: the library's parser calls itself for each (CWE-674). */
  maxNesting: 100,
  /** Steps inside steps: macros that call themselves. A long sum is as deep as it has terms. Stacks hold over twice as many, some more than others. */
  maxDepth: 500,
} as const;

/** A template that would take more than the bounds. Whatever else it throws is its own refusal or beyond the interpreter. */
export class BeyondBounds extends Error {}

/** What a template compared while it was rendered: where in its tree, and both sides where they are texts or numbers. */
export interface Comparison {
  readonly site: object;
  readonly operator: string;
  readonly left: unknown;
  readonly right: unknown;
}

export type Observer = (comparison: Comparison) => void;

export type Program = ReturnType<typeof parse>;
type Value = ReturnType<Interpreter['evaluate']>;

export interface BoundedTemplate {
  /** The syntax tree, for analyses. */
  readonly program: Program;
  render(variables: Readonly<Record<string, unknown>>, observe?: Observer): string;
  /** Steps of all renderings so far, with what loops, lists and long texts take besides, in steps' worth (some 2 µs). */
  readonly spent: number;
}

/** Characters that a filter or method reads or makes in the time of one step; joining texts only ties them together. */
const CHARS_OF_A_STEP = 24;
const JOINED_CHARS_OF_A_STEP = 4096;
/** A loop sets up a scope for each item. */
const STEPS_OF_AN_ITEM = 4;

/** Throws an Error whose message names the fault (a syntax error, or BeyondBounds). */
export function parseTemplate(source: string): BoundedTemplate {
  if (source.length > JINJA_BOUNDS.maxSourceChars) throw new BeyondBounds(`the template has ${source.length} characters; at most ${JINJA_BOUNDS.maxSourceChars} are read`);
  if (new RegExp(`\\s{${JINJA_BOUNDS.maxBlankRun + 1}}`).test(source)) throw new BeyondBounds(`more than ${JINJA_BOUNDS.maxBlankRun} blanks in a row`);
  // transformers' environment: trim_blocks and lstrip_blocks.
  const tokens = tokenize(source.includes('endraw') ? withoutRaw(source) : source, { lstrip_blocks: true, trim_blocks: true });
  const deepest = nestingOf(tokens);
  if (deepest > JINJA_BOUNDS.maxNesting) throw new BeyondBounds(`brackets or statements nested ${deepest} deep; at most ${JINJA_BOUNDS.maxNesting} are followed`);
  const program = parseTokens(tokens);
  let spent = 0;
  return {
    program,
    render: (variables, observe) => renderBounded(program, variables, observe, (steps) => (spent += steps)),
    get spent() {
      return spent;
    },
  };
}

type Tokens = ReturnType<typeof tokenize>;

function parseTokens(tokens: Tokens): Program {
  try {
    return parse(tokens);
  } catch (error) {
    try {
      return parse(inCommonJinja(tokens));
    } catch {
      throw error instanceof RangeError ? new BeyondBounds('expressions nested deeper than this reader follows') : error;
    }
  }
}

function nestingOf(tokens: Tokens): number {
  let [depth, deepest] = [0, 0];
  for (const [i, { type }] of tokens.entries()) {
    const word = type === 'OpenStatement' ? (tokens[i + 1]?.value ?? '') : '';
    if (type.startsWith('Open') && /Paren|Bracket/.test(type)) depth++;
    else if (type.startsWith('Close') && /Paren|Bracket/.test(type)) depth--;
    else if (BLOCKS.has(word)) depth++;
    else if (word.startsWith('end')) depth--;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const BLOCKS = new Set(['if', 'for', 'macro', 'call', 'filter']);

function renderBounded(program: Program, variables: Readonly<Record<string, unknown>>, observe: Observer | undefined, spend: (steps: number) => void): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...CONSTANTS, ...variables })) environment.set(name, value);
  const interpreter = new BoundedInterpreter(environment, observe);
  try {
    const result: unknown = interpreter.run(program).value;
    return typeof result === 'string' ? result : '';
  } catch (error) {
    throw error instanceof RangeError ? new BeyondBounds('the template makes more than can be held') : error;
  } finally {
    spend(interpreter.spent);
  }
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true, True: true, false: false, False: false, none: null, None: null,
  raise_exception: (message: unknown) => {
    throw new Error(`the template raised: ${String(message).slice(0, 200)}`);
  },
  range: boundedRange,
};

const NUMBERS = new Set(['IntegerLiteral', 'FloatLiteral', 'NumericLiteral']);
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  #depth = 0;
  #work = 0;
  /** What steps took besides themselves. */
  #besides = 0;
  /** Items of a list, nested ones included, by identity: a list does not change once made. */
  readonly #sizes = new WeakMap<object, number>();
  readonly #observe: Observer | undefined;
  /** What each node came to when it was last evaluated, and after how many steps. */
  readonly #last = new WeakMap<object, { readonly value: unknown; readonly step: number }>();

  constructor(environment: Environment, observe: Observer | undefined) {
    super(environment);
    this.#observe = observe;
  }

  get spent(): number {
    return this.#steps + this.#besides;
  }

  override evaluate(...args: Parameters<Interpreter['evaluate']>): Value {
    if (++this.#steps > JINJA_BOUNDS.maxSteps) throw new BeyondBounds(`the template takes more than ${JINJA_BOUNDS.maxSteps} steps`);
    if (++this.#depth > JINJA_BOUNDS.maxDepth) throw new BeyondBounds(`the template calls itself without end, or is nested more than ${JINJA_BOUNDS.maxDepth} steps deep`);
    const begun = this.#steps;
    let value: Value;
    try {
      value = super.evaluate(...args);
    } catch (error) {
      const made = args[0] === undefined || error instanceof BeyondBounds || error instanceof RangeError ? undefined : this.#beyondLibrary(args[0], args[1], begun);
      if (made === undefined) throw error;
      value = made;
    } finally {
      this.#depth--;
    }
    // Texts and what they are given: all that the library's gaps and comparisons are about.
    if (args[0] !== undefined && (typeof value.value === 'string' || typeof value.value === 'number' || Array.isArray(value.value))) this.#last.set(args[0], { value: value.value, step: this.#steps });
    this.#weigh(value);
    if (typeof value.value === 'string') this.#besides += value.value.length / (args[0]?.type === 'CallExpression' || args[0]?.type === 'FilterExpression' ? CHARS_OF_A_STEP : JOINED_CHARS_OF_A_STEP);
    else if (Array.isArray(value.value)) this.#besides += value.value.length * STEPS_OF_AN_ITEM;
    if (this.#observe !== undefined && args[0] !== undefined) this.#note(args[0], this.#observe);
    return value;
  }

  /**
   * What Jinja2 knows of texts and the library does not. The parts were evaluated before the library gave up, so that nothing is
   * evaluated twice but arguments; a part that was not (the fault lies in it) leaves the fault as it is.
   */
  #beyondLibrary(statement: Statement, environment: Environment, begun: number): Value | undefined {
    if (statement.type === 'ObjectLiteral') return this.#numberedKeys(statement, environment);
    const { callee, args, operand, filter, operator, left, right } = fieldsOf(statement);
    const since = (node: Statement | undefined): unknown => {
      const last = node === undefined ? undefined : this.#last.get(node);
      return last === undefined || last.step < begun ? undefined : last.value;
    };
    const given = (nodes: readonly Statement[]): unknown[] => nodes.map((node) => plain(since(node) ?? this.evaluate(node, environment).value));
    let made: Plain | undefined;
    if (statement.type === 'CallExpression' && callee !== undefined) {
      const { object, property } = fieldsOf(callee);
      const held = since(object);
      if (callee.type === 'MemberExpression' && typeof held === 'string') made = METHODS.get(nameOf(property))?.(held, given(args));
    } else if (statement.type === 'FilterExpression' && filter !== undefined) {
      const call = filter.type === 'CallExpression' ? fieldsOf(filter) : undefined;
      const held = since(operand);
      if (typeof held === 'string') made = FILTERS.get(nameOf(call === undefined ? filter : call.callee))?.(held, given(call?.args ?? []));
    } else if (statement.type === 'BinaryExpression') {
      made = combine(nameOf(operator), since(left), plain(since(right)));
    }
    return made === undefined ? undefined : this.#valueOf(made, environment);
  }

  /** A mapping whose keys are numbers: they are kept as texts. */
  #numberedKeys(statement: Statement, environment: Environment): Value | undefined {
    const entries: unknown = (statement as unknown as Fields)['value'];
    if (!(entries instanceof Map) || ![...entries.keys()].some((key) => isStatement(key) && NUMBERS.has(key.type))) return undefined;
    const keyed = new Map([...entries].map(([key, value]: [unknown, unknown]) => [isStatement(key) && NUMBERS.has(key.type) ? { type: 'StringLiteral', value: nameOf(key) } : key, value]));
    return super.evaluate({ ...statement, value: keyed } as unknown as Statement, environment);
  }

  /** Through the library's own literals: it does not export its values. */
  #valueOf(made: Plain, environment: Environment): Value {
    const literal = (value: string | number): Statement => ({ type: typeof value === 'string' ? 'StringLiteral' : Number.isInteger(value) ? 'IntegerLiteral' : 'FloatLiteral', value }) as Statement;
    if (typeof made === 'boolean') return super.evaluate({ type: 'Identifier', value: made ? 'true' : 'false' } as Statement, environment);
    return super.evaluate(typeof made === 'object' ? ({ type: 'ArrayLiteral', value: made.map(literal) } as Statement) : literal(made), environment);
  }

  #note(node: Statement, observe: Observer): void {
    const { left, right, operator, callee, args } = fieldsOf(node);
    const last = (part: Statement | undefined): unknown => {
      const value = part === undefined ? undefined : this.#last.get(part)?.value;
      return typeof value === 'string' || typeof value === 'number' ? value : undefined;
    };
    if (node.type === 'BinaryExpression' && COMPARISONS.has(nameOf(operator))) observe({ site: node, operator: nameOf(operator), left: last(left), right: last(right) });
    if (node.type !== 'CallExpression' || callee === undefined) return;
    const method = nameOf(fieldsOf(callee).property);
    if (method === 'startswith' || method === 'endswith') observe({ site: node, operator: method, left: last(args[0]), right: last(fieldsOf(callee).object) });
  }

  #weigh(value: Value): void {
    const inner: unknown = value.value;
    if (typeof inner === 'string') {
      if (inner.length > JINJA_BOUNDS.maxTextChars) throw new BeyondBounds(`the template makes a text of more than ${JINJA_BOUNDS.maxTextChars} characters`);
      this.#work += inner.length;
    } else if (typeof inner === 'object' && inner !== null) {
      this.#work += 64 * this.#sizeOf(inner);
    }
    if (this.#work > JINJA_BOUNDS.maxWork) throw new BeyondBounds('the template does too much work');
  }

  #sizeOf(container: object): number {
    const known = this.#sizes.get(container);
    if (known !== undefined) return known;
    // A namespace can be made to hold itself: while it is being counted it counts as 1.
    this.#sizes.set(container, 1);
    // Shared children count each time, as writing them out does: [a, a] doubles.
    let size = 1;
    for (const child of childrenOf(container)) {
      size += typeof child === 'object' && child !== null ? this.#sizeOf(child) : typeof child === 'string' ? 1 + child.length / 16 : 1;
      if (size > JINJA_BOUNDS.maxListItems) throw new BeyondBounds(`the template makes a list of more than ${JINJA_BOUNDS.maxListItems} items`);
    }
    // What holds a mapping can still grow (namespaces): it is counted anew each time.
    if (container instanceof Map || childrenOf(container).some((child) => typeof child === 'object' && child !== null && !this.#sizes.has(child))) this.#sizes.delete(container);
    else this.#sizes.set(container, size);
    return size;
  }
}

/** The raw content of a container's entries: what each runtime value holds. */
function childrenOf(container: object): unknown[] {
  const values: unknown[] = Array.isArray(container) ? container : container instanceof Map ? [...container.values()] : [];
  return values.map((value) => (typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined));
}

function boundedRange(...args: readonly unknown[]): number[] {
  const numbers = args.filter((arg) => typeof arg === 'number');
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1];
  if (step === 0) throw new Error('range() step must not be zero');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= JINJA_BOUNDS.maxListItems)) throw new BeyondBounds(`range() of more than ${JINJA_BOUNDS.maxListItems} items`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

type Statement = NonNullable<Parameters<Interpreter['evaluate']>[0]>;

interface Fields {
  readonly [field: string]: unknown;
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The parts of a node that are nodes themselves. */
function fieldsOf(node: Statement): { readonly [field in 'callee' | 'object' | 'property' | 'operand' | 'filter' | 'operator' | 'left' | 'right']: Statement | undefined } & { readonly args: readonly Statement[] } {
  const fields = node as unknown as Fields;
  const one = (name: string): Statement | undefined => (isStatement(fields[name]) ? fields[name] : undefined);
  const args: unknown = fields['args'];
  return { callee: one('callee'), object: one('object'), property: one('property'), operand: one('operand'), filter: one('filter'), operator: one('operator'), left: one('left'), right: one('right'), args: Array.isArray(args) ? args.filter(isStatement) : [] };
}

function nameOf(node: Statement | undefined): string {
  return node !== undefined && 'value' in node ? String(node.value) : '';
}

/** The content of runtime values in a list. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'object' && item !== null && 'value' in item ? item.value : item)) : value;
}
