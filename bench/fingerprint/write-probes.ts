// A secret probe set as a NumPy file, for an adversary who got hold of it (zoo.fingerprint.train --known): every base as it is and with
// every change, [rows, 784] float32.
//   npx tsx bench/fingerprint/write-probes.ts SEED OUT.npy
import { writeFile } from 'node:fs/promises';
import { secretProbes } from '../../src/engine/fingerprint/extract/secret-probes.ts';

const SHAPE = [1, 28, 28];
const [seed = '7', out = 'probes.npy'] = process.argv.slice(2);
const probes = secretProbes('image', SHAPE, undefined, Number(seed));
const size = SHAPE.reduce((product, dim) => product * dim, 1);
const values = new Float32Array([...probes.unchanged, ...probes.changed(0, probes.families.length)]);
const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length / size}, ${size}), }`.padEnd(117) + '\n';
const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
await writeFile(out, Buffer.concat([start, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]));
