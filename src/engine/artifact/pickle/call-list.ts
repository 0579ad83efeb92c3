// The calls that are kept of a pickle, and what has to be left out. The memo gives one tuple, state or name to any number of
// calls, so that what a call costs is bounded apart from the file's size; and since a flood of harmless calls may hide one that
// is not, whatever names something new is kept longer, and told as left out where it is not.
import { PICKLE_LIMITS } from './limits.ts';
import { plantsFrom } from './operands.ts';
import type { Call } from './program.ts';
import type { Value } from './value.ts';

/** Calls, imports and persistent ids that are kept of one pickle. */
export const MAX_LISTED = PICKLE_LIMITS.maxListed * 16;

/** What stands for the arguments of a call beyond the limit. */
const LEFT_OUT: readonly Value[] = [{ kind: 'unknown', why: 'arguments beyond the limit' }];

export class CallList {
  readonly calls: Call[] = [];
  /** Names that were called or handed to a call: once the list is full, only a call with a new one counts, and there is room left for some. */
  readonly #told = new Set<string>();
  /** Of states that plant nothing, how many entries were looked at: they may grow. */
  readonly #harmless = new Map<Value, number>();
  /** Arguments beyond those that each call has for nothing. */
  #arguments = 0;

  constructor(private readonly leaveOut: (what: string, limit: number) => void) {}

  /** The arguments of a call, as far as they can be kept; `named`: those that NEWOBJ_EX gives by name. */
  keep(args: readonly Value[], named?: Value): readonly Value[] {
    if (!this.#affords(args.length)) return LEFT_OUT;
    return named === undefined ? args : [...args, named];
  }

  add(call: Call): void {
    const names = [call.callee, ...call.args].flatMap((value) => (value.kind === 'global' ? [`${call.by === 'BUILD' ? 'state ' : ''}${value.module ?? ''} ${value.name ?? ''}`] : []));
    const told = names.every((name) => this.#told.has(name)) && (names.length > 0 || call.by === 'BUILD');
    for (const name of names) if (this.#told.size < MAX_LISTED) this.#told.add(name);
    if (this.calls.length < (told ? MAX_LISTED : MAX_LISTED + PICKLE_LIMITS.maxListed)) this.calls.push(call);
    else if (!told || (call.by === 'BUILD' && call.args.some((state) => this.#mayPlant(state)))) this.leaveOut('calls', MAX_LISTED);
  }

  /** State, or one of the states in a tuple, that gives an object a method of a special name. */
  #mayPlant(state: Value): boolean {
    if (state.kind === 'tuple') return !this.#affords(state.items.length) || state.items.some((part) => part.kind === 'dict' && this.#mayPlant(part));
    if (state.kind !== 'dict') return false;
    if (plantsFrom(state.entries, this.#harmless.get(state) ?? 0)) return true;
    this.#harmless.set(state, state.entries.length);
    return false;
  }

  #affords(count: number): boolean {
    this.#arguments += Math.max(0, count - PICKLE_LIMITS.freeArguments);
    if (this.#arguments <= PICKLE_LIMITS.maxArguments) return true;
    this.leaveOut('arguments of calls', PICKLE_LIMITS.maxArguments);
    return false;
  }
}
