// A tensor that is pickled without torch.save brings its numbers as a value that torch.save's older format is written in
// (torch/storage.py, __reduce__): loading it loads that. The value is read as a file of its own, and whatever it loads in turn is judged
// there, so that the call itself says nothing; unless it could not be read to its end.
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import { textOf } from '../../artifact/pickle/operands.ts';
import type { PickleContent } from '../../artifact/pickle/pickle-inspector.ts';
import type { Call } from '../../artifact/pickle/program.ts';
import type { GlobalValue, Value } from '../../artifact/pickle/value.ts';

/** PROTO 2, LONG1 of ten bytes: the magic number 0x1950a86a20f9469cfc6c, STOP (torch/serialization.py, _legacy_save). */
const BEGINS = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
/** Magic number, protocol, system, storage, keys. */
const PROGRAMS = 5;

export function isStorageLoader({ module, name }: GlobalValue): boolean {
  return module === 'torch.storage' && name === '_load_from_bytes';
}

function loadsStorage({ by, args: [value, ...more] }: Call): boolean {
  const head = value === undefined || by !== 'REDUCE' || more.length > 0 ? undefined : headOf(value);
  return head !== undefined && BEGINS.every((byte, at) => head[at] === byte);
}

/** Of bytes as they are, or as protocol 2 writes them: _codecs.encode(text, 'latin1'), of which a long text is kept in part. */
function headOf(value: Value): ArrayLike<number> | undefined {
  if (value.kind === 'bytes') return value.head;
  if (value.kind !== 'object' || value.callee.kind !== 'global' || value.callee.module !== '_codecs' || value.callee.name !== 'encode') return undefined;
  const [text, encoding] = value.args;
  return text?.kind === 'text' && textOf(encoding) === 'latin1' ? Array.from(text.value.slice(0, BEGINS.length), (character) => character.charCodeAt(0)) : undefined;
}

/** Of each pickle, how many of its values were read as storages to their end; none where one was not, or where more values were not looked into. */
export function storagesRead(pickles: readonly { readonly file: InspectedFile; readonly content: PickleContent }[]): Map<string, number> {
  const read = new Map<string, number>();
  const broken = new Set<string>();
  for (const { file: { path, guess, container }, content: { legacyTorch, programs, trailing } } of pickles) {
    if (programs.some(({ literalsLeftOut }) => literalsLeftOut > 0)) broken.add(path);
    if (!guess || container === undefined || !legacyTorch) continue;
    if (programs.length !== PROGRAMS || trailing !== undefined) broken.add(container);
    read.set(container, (read.get(container) ?? 0) + 1);
  }
  for (const path of broken) read.delete(path);
  return read;
}

/** Whether all that these calls load was read: a value too deep inside of other files, for one, is not. */
export function allRead(calls: readonly Call[], read: number): boolean {
  return calls.length > 0 && calls.every(loadsStorage) && new Set(calls.map(({ args: [value] }) => value)).size <= read;
}
