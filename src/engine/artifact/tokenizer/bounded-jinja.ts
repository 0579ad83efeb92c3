// Jinja templates of a hostile file, rendered by @huggingface/jinja within bounds. The library interprets an expression tree
// and offers a template no host objects, so the danger is time and memory, not code. Bounded: source length, evaluation
// steps, length of every text and list a step gives, all of them together, range(). A single step can still cost much by
// itself: a replace() or join() may build up to 512 MB (the engine's longest string) before it is refused, once.
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

export const JINJA_BOUNDS = {
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
} as const;

export type Program = ReturnType<typeof parse>;
type Value = ReturnType<Interpreter['evaluate']>;

export interface BoundedTemplate {
  /** The syntax tree, for analyses. */
  readonly program: Program;
  render(variables: Readonly<Record<string, unknown>>): string;
}

/** Throws an Error whose message names the fault (a syntax error, or a bound). */
export function parseTemplate(source: string): BoundedTemplate {
  if (source.length > JINJA_BOUNDS.maxSourceChars) throw new Error(`the template has ${source.length} characters; at most ${JINJA_BOUNDS.maxSourceChars} are read`);
  if (new RegExp(`\\s{${JINJA_BOUNDS.maxBlankRun + 1}}`).test(source)) throw new Error(`more than ${JINJA_BOUNDS.maxBlankRun} blanks in a row`);
  // transformers' environment: trim_blocks and lstrip_blocks.
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return { program, render: (variables) => renderBounded(program, variables) };
}

function renderBounded(program: Program, variables: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...CONSTANTS, ...variables })) environment.set(name, value);
  const result: unknown = new BoundedInterpreter(environment).run(program).value;
  return typeof result === 'string' ? result : '';
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true, True: true, false: false, False: false, none: null, None: null,
  raise_exception: (message: unknown) => {
    throw new Error(`the template raised: ${String(message).slice(0, 200)}`);
  },
  range: boundedRange,
};

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  #work = 0;
  /** Items of a list, nested ones included, by identity: a list does not change once made. */
  readonly #sizes = new WeakMap<object, number>();

  override evaluate(...args: Parameters<Interpreter['evaluate']>): Value {
    if (++this.#steps > JINJA_BOUNDS.maxSteps) throw new Error(`the template takes more than ${JINJA_BOUNDS.maxSteps} steps`);
    const value = super.evaluate(...args);
    this.#weigh(value);
    return value;
  }

  #weigh(value: Value): void {
    const inner: unknown = value.value;
    if (typeof inner === 'string') {
      if (inner.length > JINJA_BOUNDS.maxTextChars) throw new Error(`the template makes a text of more than ${JINJA_BOUNDS.maxTextChars} characters`);
      this.#work += inner.length;
    } else if (typeof inner === 'object' && inner !== null) {
      this.#work += 64 * this.#sizeOf(inner);
    }
    if (this.#work > JINJA_BOUNDS.maxWork) throw new Error('the template does too much work');
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
      if (size > JINJA_BOUNDS.maxListItems) throw new Error(`the template makes a list of more than ${JINJA_BOUNDS.maxListItems} items`);
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
  if (!(count <= JINJA_BOUNDS.maxListItems)) throw new Error(`range() of more than ${JINJA_BOUNDS.maxListItems} items`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}
