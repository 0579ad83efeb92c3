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

/** Why this call of an allowed class restores nothing; undefined where it may. */
export function actsOnArguments({ callee, args, how }: Called): string | undefined {
  if (callee.kind !== 'global' || callee.module === undefined || callee.name === undefined) return undefined;
  if (how === 'new') return isRestoredOnly(callee.module, callee.name) && namesPlace(args) ? 'it is made with a place to read from or with code, and honest pickles give its class neither' : undefined;
  const fetches = args.length === 0 && how === 'called' && FETCHES.test(callee.module);
  if ((args.length === 0 && !fetches) || !isRestoredOnly(callee.module, callee.name)) return undefined;
  if (fetches) return 'its constructor fetches a model, and honest pickles restore its objects without calling it';
  if (isMember(callee.name, args) || !holdsSettings(args)) return undefined;
  return 'what its constructor is given can make it fetch, read, import or evaluate; honest pickles restore its objects without calling it';
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

function namesPlace(args: readonly Value[]): boolean {
  const left = args.slice();
  for (let i = 0; i < MAX_VALUES; i++) {
    const value = left.pop();
    if (value === undefined) return false;
    if (value.kind === 'text' && (PLACE.test(value.value) || codeInText(value.value) !== undefined)) return true;
    if (value.kind === 'dict') left.push(...value.entries.slice(0, MAX_VALUES).map(([, held]) => held));
    if (value.kind === 'tuple' || value.kind === 'list' || value.kind === 'set' || value.kind === 'frozenset') left.push(...value.items.slice(0, MAX_VALUES));
  }
  return false;
}

function holdsSettings(args: readonly Value[]): boolean {
  const left = args.slice();
  for (let i = 0; i < MAX_VALUES; i++) {
    const value = left.pop();
    if (value === undefined) return false;
    if (value.kind === 'text' || value.kind === 'bytes' || value.kind === 'unknown' || value.kind === 'buffer') return true;
    if (value.kind === 'dict' && value.entries.length > 0) return true;
    if (value.kind === 'tuple' || value.kind === 'list' || value.kind === 'set' || value.kind === 'frozenset') left.push(...value.items.slice(0, MAX_VALUES));
    if (value.kind === 'object' && !isNumbers(value)) left.push(...value.args.slice(0, MAX_VALUES), ...(value.state === undefined ? [] : [value.state]), ...(value.entries ?? []).flat());
  }
  return true;
}

/** Tensors, arrays and scalars, whose own arguments hold the names of types. */
function isNumbers({ callee, args: [type] }: ObjectValue): boolean {
  if (callee.kind !== 'global') return false;
  const name = nameOf(callee);
  if (/^torch\._(?:utils|tensor)\._rebuild_|^numpy\.(?:_?core\.(?:multiarray|_multiarray_umath|numeric)\.(?:_reconstruct|_frombuffer)|dtype$)/.test(name)) return true;
  const code = type?.kind === 'object' ? type.args[0] : undefined;
  return /^numpy\._?core\.(?:multiarray|_multiarray_umath)\.scalar$/.test(name) && code?.kind === 'text' && /^[|<>=]?[fiubc]\d/.test(code.value);
}
