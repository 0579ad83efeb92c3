// HDF5 files (Keras .h5 and .weights.h5, others) for static rules. Recognised by signature; searched for the configurations
// that Keras stores as JSON, and for messages that take data from other files. The tree of groups and the numbers are not
// read.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { findConfigs, type EmbeddedJson } from './embedded-json.ts';
import { cutOffHdf5 } from './hdf5-end.ts';
import { findOutside, type Hdf5Outside } from './hdf5-outside.ts';
import { brokenRoot } from './hdf5-root.ts';

export interface Hdf5Content {
  readonly configs: readonly EmbeddedJson[];
  /** Other files that this one takes data from. */
  readonly outside: readonly Hdf5Outside[];
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export const hdf5Inspector: Inspector<Hdf5Content> = {
  format: 'hdf5',
  match: ({ source, head }) => {
    const at = signatureIn(head);
    if (at !== undefined) return { format: 'hdf5', sure: 'certain', why: at === 0 ? 'starts with the signature of HDF5' : `the signature of HDF5 at byte ${at}` };
    return /\.(h5|hdf5)$/i.test(source.path) ? { format: 'hdf5', sure: 'name', why: 'the name is that of HDF5' } : undefined;
  },
  async inspect(source, desk) {
    const configs = await findConfigs(source, desk);
    const outside = await findOutside(source, desk);
    const head = await source.slice(0, LAST_BLOCK + SIGNATURE.length);
    const begin = signatureIn(head);
    // The name alone says HDF5.
    if (begin === undefined) throw new ArtifactError({ code: source.size < SIGNATURE.length ? 'truncated' : 'malformed', format: 'hdf5', file: source.path, offset: 0, field: 'signature', expected: hexOf(SIGNATURE), actual: source.size === 0 ? '0 bytes' : hexOf(head.subarray(0, SIGNATURE.length)) });
    const cut = await cutOffHdf5(source, begin);
    const broken = cut ?? (await brokenRoot(source, begin));
    if (broken !== undefined) desk.problem(broken);
    desk.parsed(begin, begin + SIGNATURE.length, 'signature');
    for (const { begin, end } of configs) desk.parsed(begin, end, 'Keras configuration');
    // No library reaches the numbers of a file whose root is broken: what its bytes are is not known.
    if (broken === undefined || broken === cut) desk.skipped(0, source.size, 'HDF5 structure and numbers, searched for Keras configurations');
    else desk.opaque(0, source.size, `HDF5 whose ${broken.field ?? 'root'} is broken`);
    return { configs, outside };
  },
};

/** A user block may stand before it: 512 bytes or a power of two times that. */
const LAST_BLOCK = 2048;

function signatureIn(head: Uint8Array): number | undefined {
  return [0, 512, 1024, LAST_BLOCK].find((at) => SIGNATURE.every((byte, i) => head[at + i] === byte));
}

function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
