// HDF5 messages that point at other files, written byte by byte, and configurations of training.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { fileIntegrity } from '../file-integrity/index.ts';
import { kerasCode } from './index.ts';

vi.setConfig({ testTimeout: 60_000 });
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const u16 = (value: number): string => String.fromCharCode(value & 255, value >> 8);
const u64 = (value: number): string => String.fromCharCode(value & 255, (value >> 8) & 255, 0, 0, 0, 0, 0, 0);
/** A superblock of version 2, whose root has its header at 48. */
const FRONT = `\x89HDF\r\n\x1a\n\x02\x08\x08${'\0'.repeat(25)}${u64(48)}\0\0\0\0OHDR\x02`.padEnd(64, '\0');

const hdf5 = (rest: string, path = 'x.h5'): ByteSource => bytesOf(path, latin1(FRONT + rest));
const link = (file: string): string => `\x01\x18\x40\x00\x01n${u16(file.length + 5)}\0${file}\0/a\0`.padEnd(64, '\0');
const storage = (file: string): string => {
  const heap = 64 + 48;
  const message = `\x01\0\0\0${u16(1)}${u16(1)}${u64(heap)}${u64(8)}${u64(0)}${u64(10)}`.padEnd(48, '\0');
  return `${message}HEAP\0\0\0\0${u64(64)}${u64(0)}${u64(heap + 32)}${'\0'.repeat(8)}${file}\0`.padEnd(200, '\0');
};
const virtual = (file: string): string => {
  const heap = 64 + 16;
  return `\x04\x03${u64(heap)}\x01\0\0\0\0\0GCOL\x01\0\0\0${u64(4096)}${u16(1)}${u16(1)}\0\0\0\0${u64(40)}\0${u64(1)}${file}\0data\0`.padEnd(200, '\0');
};
const judge = async (source: ByteSource): Promise<string[]> => alarms(await findingsOf(kerasCode, [source]));

describe('HDF5 that takes data from elsewhere', () => {
  it.each([
    ['an external link', link('/etc/hosts'), 'high ASY-KER-007'],
    ['a link to a file beside it', link('other.h5'), 'medium ASY-KER-007'],
    ['external storage', storage('../secret.bin'), 'high ASY-KER-007'],
    ['a virtual data set', virtual('/etc/hosts'), 'high ASY-KER-007'],
  ])('%s', async (_, rest, alarm) => {
    expect(await judge(hdf5(rest))).toEqual([alarm]);
  });

  it('leaves a virtual data set of the file itself alone', async () => {
    expect(await judge(hdf5(virtual('.')))).toEqual([]);
  });

  it('ends under any damage and finds nothing in numbers', async () => {
    const whole = latin1(FRONT + link('/etc/hosts') + storage('x.bin'));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: whole.length }), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), async (length, edits) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        await judge(bytesOf('x.h5', bytes));
      }),
      { numRuns: RUNS },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 500, maxLength: 4000 }), async (numbers) => {
        expect(await judge(bytesOf('x.h5', Uint8Array.from([...latin1(FRONT), ...numbers])))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('how a model is trained', () => {
  const trained = (config: unknown): ByteSource => hdf5(`${JSON.stringify(config)}\0`);
  it.each([
    ['a loss that is code', { loss: "eval('x')", optimizer_config: {} }, 'high ASY-KER-004'],
    ['a metric of the author', { loss: 'mse', metrics: ['own_metric'] }, 'low ASY-KER-004'],
  ])('%s', async (_, config, alarm) => {
    expect(await judge(trained(config))).toEqual([alarm]);
  });

  it('leaves losses and metrics of Keras alone', async () => {
    expect(await judge(trained({ loss: { a: 'categorical_crossentropy', b: 'mse' }, metrics: ['accuracy', ['mae'], { class_name: 'AUC', config: {} }], weighted_metrics: null, optimizer_config: { class_name: 'Adam', config: { learning_rate: 0.001 } } }))).toEqual([]);
  });
});

it('finds the model in a TensorFlow.js file, and classes named in other ways', async () => {
  const judge = async (value: unknown): Promise<string[]> => alarms(await findingsOf(kerasCode, [bytesOf('model.json', new TextEncoder().encode(JSON.stringify(value)))]));
  const model = (layer: object): object => ({ class_name: 'Sequential', config: { layers: [layer] } });
  const dense = { class_name: 'Dense', config: { units: 1 } };
  expect(await judge({ modelTopology: { model_config: model(dense) } })).toEqual([]);
  expect(await judge({ modelTopology: { model_config: model({ class_name: 'Lambda', config: { function: ['4wEA', null, null] } }) } })).toContain('critical ASY-KER-001');
  expect(await judge(model({ ...dense, registered_name: 'own_package.OwnDense' }))).toEqual(['medium ASY-KER-004']);
  expect(await judge(model({ module: ['os'], class_name: ['system'], config: 'x' }))).toEqual(['medium ASY-KER-004']);
});

describe('configurations in HDF5, however they are written', () => {
  const model = (layer: object): string => JSON.stringify({ class_name: 'Sequential', config: { layers: [layer] } });
  const call = { class_name: 'function', module: 'builtins', config: 'exec', registered_name: 'function' };
  const dense = { class_name: 'Dense', config: { units: 1 } };

  it('keys as numbers hide nothing', async () => {
    const written = model({ class_name: 'Lambda', config: { function: ['4wEA', null, null] } }).replaceAll('class_name', 'cl\\u0061ss_name');
    expect(await judge(hdf5(`${written}\0`))).toEqual(['critical ASY-KER-001']);
  });

  it("words that only Python's JSON has hide nothing, and are no fault", async () => {
    expect(await judge(hdf5(`${model(call).replace('"exec"', '"exec","x":NaN,"y":-Infinity')}\0`))).toEqual(['critical ASY-KER-003']);
    expect(await judge(hdf5(`${model(dense).replace('"units":1', '"units":1,"mask_value":NaN')}\0`))).toEqual([]);
    expect(alarms(await findingsOf(fileIntegrity, [hdf5(`${model(dense).replace('"units":1', '"units":1,"mask_value":NaN')}\0`)]))).toEqual([]);
  });

  it('reads large ones whole', async () => {
    const layers = [...Array.from({ length: 20_000 }, () => dense), call];
    const [finding] = await findingsOf(kerasCode, [hdf5(`${JSON.stringify({ class_name: 'Sequential', config: { layers } })}\0`)]);
    expect(finding?.location.key).toContain('layers');
  });

  it('tells what no JSON can be made of', async () => {
    expect(alarms(await findingsOf(fileIntegrity, [hdf5(`{"class_name": "Sequential", "config": {,}}\0`)]))).toEqual(['medium ASY-FIL-001']);
  });

  it('ends in good time where braces are piled up', async () => {
    const begun = process.cpuUsage();
    await judge(hdf5(`${'{'.repeat(60_000)}"class_name":${' '.repeat(8_000_000)}`));
    await judge(hdf5(`{"class_name":0 `.repeat(20_000)));
    expect(process.cpuUsage(begun).user).toBeLessThan(20e6);
  });
});
