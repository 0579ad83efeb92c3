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

export function loadsStorage({ by, args: [value, ...more] }: Call): boolean {
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

/** Paths of pickles that hold, as a value, a storage that is not read to its end, or more such values than are looked into. */
export function holdersOfUnread(pickles: readonly { readonly file: InspectedFile; readonly content: PickleContent }[]): Set<string> {
  return new Set(pickles.flatMap(({ file: { path, guess, container }, content: { legacyTorch, programs, trailing } }) => [
    ...(guess && container !== undefined && legacyTorch && (programs.length !== PROGRAMS || trailing !== undefined) ? [container] : []),
    ...(programs.some(({ literalsLeftOut }) => literalsLeftOut > 0) ? [path] : []),
  ]));
}
