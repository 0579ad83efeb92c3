// Calls of classes that are allowed so that their objects can be restored. An honest pickle makes such an object without
// arguments (NEWOBJ, copyreg) and sets its state (BUILD); calling the class with a name, a path, an address or settings
// makes its constructor fetch, read, import or evaluate them. What may pass arguments: enumerations (their value), and
// numbers, arrays and tensors. Where an object is only made (NEWOBJ with what __getnewargs__ gave) its class decides what it
// does with arguments: named tuples hold any text, and only places and code among it are told.
import { nameOf, type ObjectValue, type Value } from '../../artifact/pickle/value.ts';
import { codeInText } from '../code-in-text.ts';
import { isRestoredOnly } from './allowed-names.ts';
import type { Called } from './callers.ts';

/** CWE-400: values of one call looked at. */
const MAX_VALUES = 2000;

/** One for a pickle: a value that many calls share is looked at once. */
export class ConstructorCalls {
  /** Texts that name no place and hold no code. */
  readonly #plain = new Set<Value>();

  /** Why this call of an allowed class restores nothing; undefined where it may. */
  actsOnArguments({ callee, args, how }: Called): string | undefined {
    if (callee.kind !== 'global' || callee.module === undefined || callee.name === undefined) return undefined;
    if (how === 'new') return isRestoredOnly(callee.module, callee.name) && this.#namesPlace(args) ? 'it is made with a place to read from or with code, and honest pickles give its class neither' : undefined;
    const fetches = args.length === 0 && how === 'called' && FETCHES.test(callee.module);
    if ((args.length === 0 && !fetches) || !isRestoredOnly(callee.module, callee.name)) return undefined;
    if (fetches) return 'its constructor fetches a model, and honest pickles restore its objects without calling it';
    if (isMember(callee.name, args) || !holdsSettings(args)) return undefined;
    return 'what its constructor is given can make it fetch, read, import or evaluate; honest pickles restore its objects without calling it';
  }

  #namesPlace(args: readonly Value[]): boolean {
    const left = new Walk(args);
    for (let value = left.next(); value !== undefined; value = left.next()) {
      if (value.kind === 'text' && !this.#plain.has(value)) {
        if (PLACE.test(value.value) || codeInText(value.value) !== undefined) return true;
        this.#plain.add(value);
      }
      if (value.kind === 'dict') for (const [, held] of value.entries) if (!left.add([held])) break;
      if ('items' in value) left.add(value.items);
    }
    return false;
  }
}

/** Metrics that are made of a pretrained model. */
const FETCHES = /^torchmetrics\.(?:functional\.)?(?:multimodal|text|image)(?:\.|$)/;

/** An enumeration's member by its value: SchedulerType('cosine'). */
function isMember(name: string, args: readonly Value[]): boolean {
  const [value] = args;
  return args.length === 1 && value?.kind === 'text' && ENUMERATION.test(name) && /^[\w .+-]{0,60}$/.test(value.value) && !value.value.includes('..');
}

const ENUMERATION = /(?:Type|Types|Names|Mode|Strategy|Option|Options|Method|Kind|Status|State|Init|Function|Direction|Precision|Side|Level|Format|Reduction|Environment|Dtype|AwqBackend|DynamoBackend|HPSearchBackend|Enum|Task|Stage|NoBinary)$/;

/** Absolute paths, ways upwards, addresses, calls. */
const PLACE = /^(?:[/~]|\.{1,2}[\\/]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:\/\/)|[\\/]\.{2}[\\/]/;

function holdsSettings(args: readonly Value[]): boolean {
  const left = new Walk(args);
  for (let value = left.next(); value !== undefined; value = left.next()) {
    if (value.kind === 'text' || value.kind === 'bytes' || value.kind === 'unknown' || value.kind === 'buffer') return true;
    if (value.kind === 'dict' && value.entries.length > 0) return true;
    if ('items' in value) left.add(value.items);
    if (value.kind === 'object' && !isNumbers(value)) {
      left.add(value.args);
      if (value.state !== undefined) left.add([value.state]);
      for (const entry of value.entries ?? []) if (!left.add(entry)) break;
    }
  }
  // Beyond the limit nobody knows, and an honest call has no such arguments.
  return left.isCut;
}

/** Values of one call and what stands in them, the last first, up to the limit. */
class Walk {
  readonly #left: Value[] = [];
  #added = 0;

  constructor(args: readonly Value[]) {
    this.add(args);
  }

  get isCut(): boolean {
    return this.#added >= MAX_VALUES;
  }

  next(): Value | undefined {
    return this.#left.pop();
  }

  /** False once the limit is reached. */
  add(values: readonly Value[]): boolean {
    for (let i = 0; i < values.length && !this.isCut; i++) {
      const value = values[i];
      if (value !== undefined) this.#left.push(value);
      this.#added++;
    }
    return !this.isCut;
  }
}

/** Tensors, arrays and scalars, whose own arguments hold the names of types. */
function isNumbers({ callee, args: [type] }: ObjectValue): boolean {
  if (callee.kind !== 'global') return false;
  const name = nameOf(callee);
  if (/^torch\._(?:utils|tensor)\._rebuild_|^numpy\.(?:_?core\.(?:multiarray|_multiarray_umath|numeric)\.(?:_reconstruct|_frombuffer)|dtype$)/.test(name)) return true;
  const code = type?.kind === 'object' ? type.args[0] : undefined;
  return /^numpy\._?core\.(?:multiarray|_multiarray_umath)\.scalar$/.test(name) && code?.kind === 'text' && /^[|<>=]?[fiubc]\d/.test(code.value);
}
