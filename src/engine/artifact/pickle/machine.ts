// An abstract pickle machine: protocols 0 to 5 (CPython's Lib/pickle.py, Lib/pickletools.py). It runs the instructions on
// descriptions of values: stack, marks and memo are real, imports and calls are recorded and never made. Where a value
// cannot be told (a buffer out of band, a call's result) it is kept as such, so that a name built from it is "unresolved"
// and never guessed. What it can miss: what the called code does with its arguments.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, NEVER, type CancelSignal } from '../../core/cancel.ts';
import { shown } from '../../core/shown.ts';
import type { Bytes } from '../../core/units.ts';
import { CallList, MAX_LISTED } from './call-list.ts';
import { CodeWindow } from './code-window.ts';
import { joblibArray } from './joblib-array.ts';
import { PICKLE_LIMITS } from './limits.ts';
import { HIGHEST_PROTOCOL, OPCODES, type Opcode } from './opcodes.ts';
import type { Literal } from './literals.ts';
import type { Anomaly, AnomalyKind, Import, Lines, Program } from './program.ts';
import { evaluate } from './pure-calls.ts';
import { isStorageId, itemsOf, linesOf, numberOf, textOf } from './operands.ts';
import { ArgumentReader, type Argument } from './read-argument.ts';
import { Stack, Underflow } from './stack.ts';
import { BUFFER, collection, describe, FLOAT, MARK, NONE, weightOf, type GlobalValue, type Value } from './value.ts';

const TRACE = 14;
const BREATHE_EVERY = 65_536;
const FAR_MEMO = 2 ** 24;

interface MachineOptions {
  readonly begin?: Bytes;
  readonly end?: Bytes;
  readonly signal?: CancelSignal;
  readonly maxInstructions?: number;
}

/** Runs one pickle. Never throws for what stands in it: whatever ends it early is an anomaly, and what was found is kept. */
export async function runPickle(source: ByteSource, { begin = 0, end = source.size, signal = NEVER, maxInstructions = PICKLE_LIMITS.maxInstructions }: MachineOptions = {}): Promise<Program> {
  return new Machine(new CodeWindow(source, begin, end), maxInstructions, signal, 0).run();
}

class Machine {
  readonly #begin: Bytes;
  readonly #reader: ArgumentReader;
  readonly #stack = new Stack();
  readonly #memo = new Map<number, Value>();
  readonly #imports: Import[] = [];
  readonly #calls = new CallList((what, limit) => this.#leaveOut(what, limit));
  #leftOut = false;
  readonly #persistentIds: Program['persistentIds'][number][] = [];
  readonly #extensions: { offset: Bytes; code: number }[] = [];
  readonly #anomalies: Anomaly[] = [];
  readonly #literals: Literal[] = [];
  #literalsLeftOut = 0;
  readonly #nested: Program[] = [];
  readonly #arrays: { begin: Bytes; end: Bytes; objects: boolean }[] = [];
  readonly #trace: { offset: Bytes; name: string; argument: Value | string | undefined }[] = [];
  #protocol = 0;
  #offset: Bytes = 0;

  constructor(
    private readonly window: CodeWindow,
    private readonly maxInstructions: number,
    private readonly signal: CancelSignal,
    private readonly depth: number,
  ) {
    this.#begin = window.at;
    this.#reader = new ArgumentReader(window, {
      odd: (expected, found) => this.#odd('frame', expected, found),
      literal: (literal) => {
        if (this.#literals.length < PICKLE_LIMITS.maxListed) this.#literals.push(literal);
        else this.#literalsLeftOut++;
      },
    });
  }

  async run(): Promise<Program> {
    let instructions = 0;
    let complete = false;
    while (!complete) {
      if (instructions % BREATHE_EVERY === 0) await breathe(this.signal);
      this.#offset = this.window.at;
      if (instructions >= this.maxInstructions) {
        this.#odd('limit', `at most ${this.maxInstructions} instructions`, 'more');
        break;
      }
      try {
        if (!this.window.holds(9)) await this.window.load(Math.min(9, this.window.left));
        const code = this.window.take(1, 'instruction')[0] ?? 0;
        const opcode = OPCODES[code];
        if (opcode === undefined) {
          this.#odd('opcode', 'an instruction', `0x${code.toString(16).padStart(2, '0')}`);
          this.window.at = this.#offset;
          break;
        }
        instructions++;
        complete = await this.#step(opcode);
      } catch (error) {
        if (error instanceof Underflow) this.#odd('underflow', 'values on the stack', error.message);
        else if (error instanceof ArtifactError) this.#odd('truncated', error.expected ?? 'more bytes', `${error.field ?? ''}: ${error.actual ?? ''}`);
        else throw error;
        break;
      }
    }
    return this.#program(complete, instructions);
  }

  #program(complete: boolean, instructions: number): Program {
    const result = this.#stack.last;
    const weight = this.#stack.heaviest();
    if (weight > PICKLE_LIMITS.maxWeight && weight > 16 * (this.window.at - this.#begin)) this.#odd('expansion', `a value of about the pickle's own size`, `one that unfolds to ${weight.toExponential(1)} values`);
    return {
      begin: this.#begin,
      end: this.window.at,
      protocol: this.#protocol,
      complete,
      instructions,
      imports: this.#imports,
      calls: this.#calls.calls,
      persistentIds: this.#persistentIds,
      extensions: this.#extensions,
      anomalies: this.#anomalies,
      literals: this.#literals,
      literalsLeftOut: this.#literalsLeftOut,
      arrays: this.#arrays,
      nested: this.#nested,
      result,
    };
  }

  /** True at STOP. */
  async #step(opcode: Opcode): Promise<boolean> {
    const { name } = opcode;
    const argument = await this.#reader.read(opcode, this.#offset);
    this.#note(name, argument);
    switch (name) {
      case 'PROTO':
        return this.#proto(numberOf(argument));
      case 'FRAME':
        this.#reader.beginFrame(this.#offset, numberOf(argument));
        return false;
      case 'STOP':
        if (this.#stack.size !== 1) this.#odd('underflow', 'one value on the stack at STOP', `${this.#stack.size}`);
        if (this.#stack.size === 0) throw new Underflow('none at STOP');
        return true;
      case 'NONE': return this.#push(NONE);
      case 'NEWTRUE': return this.#push({ kind: 'bool', value: true });
      case 'NEWFALSE': return this.#push({ kind: 'bool', value: false });
      case 'FLOAT':
      case 'BINFLOAT': return this.#push(FLOAT);
      case 'NEXT_BUFFER': return this.#push(BUFFER);
      case 'READONLY_BUFFER': return false;
      case 'MARK': return this.#push(MARK);
      case 'POP':
        this.#stack.pop();
        return false;
      case 'POP_MARK':
        this.#stack.toMark();
        return false;
      case 'DUP': return this.#push(this.#stack.top());
      case 'EMPTY_LIST': return this.#push(collection('list', []));
      case 'EMPTY_TUPLE': return this.#push(collection('tuple', []));
      case 'EMPTY_SET': return this.#push(collection('set', []));
      case 'EMPTY_DICT': return this.#push({ kind: 'dict', entries: [], dropped: 0, weight: 1 });
      case 'LIST': return this.#push(this.#gather('list', this.#stack.toMark()));
      case 'TUPLE': return this.#push(this.#gather('tuple', this.#stack.toMark()));
      case 'FROZENSET': return this.#push(this.#gather('frozenset', this.#stack.toMark()));
      case 'TUPLE1': return this.#push(this.#gather('tuple', this.#stack.take(1)));
      case 'TUPLE2': return this.#push(this.#gather('tuple', this.#stack.take(2)));
      case 'TUPLE3': return this.#push(this.#gather('tuple', this.#stack.take(3)));
      case 'DICT': {
        const dict: Value = { kind: 'dict', entries: [], dropped: 0, weight: 1 };
        this.#setItems(dict, this.#stack.toMark());
        return this.#push(dict);
      }
      case 'APPEND': {
        const item = this.#stack.pop();
        this.#append(this.#stack.top(), [item]);
        return false;
      }
      case 'APPENDS':
      case 'ADDITEMS': {
        const items = this.#stack.toMark();
        this.#append(this.#stack.top(), items);
        return false;
      }
      case 'SETITEM': {
        const pair = this.#stack.take(2);
        this.#setItems(this.#stack.top(), pair);
        return false;
      }
      case 'SETITEMS': {
        const pairs = this.#stack.toMark();
        this.#setItems(this.#stack.top(), pairs);
        return false;
      }
      case 'GET':
      case 'BINGET':
      case 'LONG_BINGET': {
        const key = numberOf(argument);
        const value = this.#memo.get(key);
        if (value === undefined) this.#odd('memo', 'an entry of the memo', `none at ${key}`);
        return this.#push(value ?? { kind: 'unknown', why: `memo ${key}` });
      }
      case 'PUT':
      case 'BINPUT':
      case 'LONG_BINPUT': return this.#remember(numberOf(argument));
      case 'MEMOIZE': return this.#remember(this.#memo.size);
      case 'EXT1':
      case 'EXT2':
      case 'EXT4': {
        const code = numberOf(argument);
        if (this.#extensions.length < PICKLE_LIMITS.maxListed) this.#extensions.push({ offset: this.#offset, code });
        return this.#push({ kind: 'unknown', why: `extension ${code}` });
      }
      case 'PERSID':
      case 'BINPERSID': {
        const id = name === 'PERSID' ? (argument as Value) : this.#stack.pop();
        if (this.#persistentIds.length < MAX_LISTED) this.#persistentIds.push({ offset: this.#offset, id, lines: this.#lines() });
        else if (!isStorageId(id)) this.#leaveOut('persistent ids');
        return this.#push({ kind: 'persistent', id, offset: this.#offset });
      }
      case 'GLOBAL': return this.#push(this.#import(...linesOf(argument), 'GLOBAL'));
      case 'STACK_GLOBAL': {
        const [module, attribute] = this.#stack.take(2);
        return this.#push(this.#import(textOf(module), textOf(attribute), 'STACK_GLOBAL'));
      }
      case 'REDUCE': {
        const [callee, args] = this.#stack.take(2);
        return this.#call('REDUCE', callee, itemsOf(args));
      }
      case 'NEWOBJ': {
        const [callee, args] = this.#stack.take(2);
        return this.#call('NEWOBJ', callee, itemsOf(args));
      }
      case 'NEWOBJ_EX': {
        const [callee, args, named] = this.#stack.take(3);
        return this.#call('NEWOBJ_EX', callee, itemsOf(args), named);
      }
      case 'OBJ': {
        const [callee, ...args] = this.#stack.toMark();
        if (callee === undefined) throw new Underflow('OBJ without a class');
        return this.#call('OBJ', callee, args);
      }
      case 'INST': {
        const args = this.#stack.toMark();
        const callee = this.#import(...linesOf(argument), 'INST');
        return this.#call('INST', callee, args);
      }
      case 'BUILD': return this.#build();
      default:
        return this.#push(argument as Value);
    }
  }

  async #build(): Promise<boolean> {
    const [target, state] = this.#stack.take(2);
    if (target === undefined || state === undefined) throw new Underflow('BUILD');
    const object: Value = target.kind === 'object' && target.state === undefined ? Object.assign(target, { state }) : target;
    this.#calls.add({ offset: this.#offset, by: 'BUILD', callee: object, args: [state], lines: () => [] });
    this.#stack.push(object);
    const array = await joblibArray(object, this.window);
    if (array !== undefined) {
      this.#arrays.push(array);
      this.window.at = array.end;
      if (array.objects) await this.#runNested();
    }
    return false;
  }

  async #runNested(): Promise<void> {
    if (this.depth >= PICKLE_LIMITS.maxDepth) throw new ArtifactError({ code: 'limit-exceeded', format: 'pickle', field: 'nested pickles', expected: `at most ${PICKLE_LIMITS.maxDepth} deep`, actual: 'deeper' });
    const { source, at, end } = this.window;
    const program = await new Machine(new CodeWindow(source, at, end), this.maxInstructions, this.signal, this.depth + 1).run();
    this.#nested.push(program);
    this.window.at = program.end;
  }

  #call(by: string, callee: Value | undefined, given: readonly Value[], named?: Value): boolean {
    if (callee === undefined) throw new Underflow(by);
    const args = this.#calls.keep(given, named);
    const pure = by === 'REDUCE' ? evaluate(callee, args) : undefined;
    this.#calls.add({ offset: this.#offset, by, callee, args, lines: this.#lines() });
    if (pure?.kind === 'global') {
      // getattr(a.B, 'c') is an import of a.B.c, whichever instruction it is written with.
      return this.#push(this.#import(pure.module, pure.name, 'getattr'));
    }
    return this.#push(pure ?? { kind: 'object', callee, args, state: undefined, offset: this.#offset });
  }

  /** Something that was not seen before and is not listed: a flood of harmless names may hide it. */
  #leaveOut(what: string, limit = MAX_LISTED): void {
    if (!this.#leftOut) this.#odd('limit', `at most ${limit} ${what}`, 'more, of which not all could be judged');
    this.#leftOut = true;
  }

  #import(module: string | undefined, name: string | undefined, by: string): GlobalValue {
    const value: GlobalValue = { kind: 'global', module: nameable(module), name: nameable(name), offset: this.#offset };
    if (this.#imports.length < MAX_LISTED) this.#imports.push({ value, by, lines: this.#lines() });
    else this.#leaveOut('imports');
    return value;
  }

  #proto(version: number): boolean {
    if (this.#offset !== this.#begin) this.#odd('protocol', 'PROTO only as the first instruction', `a further one (${version})`);
    if (version > HIGHEST_PROTOCOL) this.#odd('protocol', `at most ${HIGHEST_PROTOCOL}`, `${version}`);
    this.#protocol = Math.max(this.#protocol, version);
    return false;
  }

  #remember(key: number): boolean {
    // CPython's memo is an array: an index far out of order makes it as long as that (CWE-789).
    if (key > FAR_MEMO && key > 4 * (this.#memo.size + 1)) this.#odd('memo', 'indices that follow one another', `${key}, after ${this.#memo.size} entries`);
    if (this.#memo.size >= PICKLE_LIMITS.maxMemo) throw new ArtifactError({ code: 'limit-exceeded', format: 'pickle', field: 'memo', expected: `at most ${PICKLE_LIMITS.maxMemo} entries`, actual: 'more' });
    this.#memo.set(key, this.#stack.top());
    return false;
  }

  #push(value: Value): boolean {
    this.#stack.push(value);
    return false;
  }

  #gather(kind: 'tuple' | 'list' | 'frozenset', items: Value[]): Value {
    const made = collection(kind, items);
    if (items.length > PICKLE_LIMITS.maxItems) {
      made.dropped = items.length - PICKLE_LIMITS.maxItems;
      made.items.length = PICKLE_LIMITS.maxItems;
    }
    return made;
  }

  #append(target: Value, items: readonly Value[]): void {
    if (!('items' in target)) return;
    for (const item of items) {
      target.weight += weightOf(item);
      if (target.items.length < PICKLE_LIMITS.maxItems) target.items.push(item);
      else target.dropped++;
    }
  }

  #setItems(target: Value, pairs: readonly Value[]): void {
    if (target.kind === 'object') {
      const entries = (target.entries ??= []);
      for (let i = 0; i + 1 < pairs.length && entries.length < PICKLE_LIMITS.maxItems; i += 2) {
        const [key, value] = [pairs[i], pairs[i + 1]];
        if (key !== undefined && value !== undefined) entries.push([key, value]);
      }
      return;
    }
    if (target.kind !== 'dict') return;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const [key, value] = [pairs[i], pairs[i + 1]];
      if (key === undefined || value === undefined) break;
      target.weight += weightOf(key) + weightOf(value);
      if (target.entries.length < PICKLE_LIMITS.maxItems) target.entries.push([key, value]);
      else target.dropped++;
    }
  }

  #note(name: string, argument: Argument): void {
    this.#trace.push({ offset: this.#offset, name, argument: argument === undefined ? undefined : 'lines' in argument ? argument.lines.map((line) => shown(line, 80)).join(' ') : argument });
    if (this.#trace.length > 2 * TRACE) this.#trace.splice(0, this.#trace.length - TRACE);
  }

  #lines(): Lines {
    const steps = this.#trace.slice(-TRACE);
    return () =>
      steps.map(({ offset, name, argument }, i) => ({
        offset,
        instruction: name,
        argument: argument === undefined ? '' : typeof argument === 'string' ? argument : describe(argument, 80),
        ...(i === steps.length - 1 ? { marked: true } : {}),
      }));
  }

  #odd(kind: AnomalyKind, expected: string, found: string): void {
    if (this.#anomalies.length < 64) this.#anomalies.push({ kind, offset: this.#offset, expected, found });
  }
}

/** Nothing that can be imported has a longer name; one that has cannot be judged, and counts as unreadable. */
function nameable(name: string | undefined): string | undefined {
  return name !== undefined && name.length <= PICKLE_LIMITS.maxName ? name : undefined;
}
