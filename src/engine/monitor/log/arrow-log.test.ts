// Compressed Arrow files as pyarrow writes them (fixtures/make_arrow.py), and damaged ones.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { readArrow } from './arrow-log.ts';
import { unpackLz4Frames } from './lz4-frame.ts';

const fixture = async (name: string): Promise<Uint8Array<ArrayBuffer>> => Uint8Array.from(await readFile(join(import.meta.dirname, 'fixtures', name)));

test.each(['log-lz4.arrow', 'log-zstd.arrow'])('%s', async (name) => {
  const [labels, latencies]: [unknown[], unknown[]] = [[], []];
  for await (const { columns } of readArrow(bytesOf(name, await fixture(name)), NEVER)) {
    labels.push(...Array.from(columns.get('label') ?? []));
    latencies.push(...Array.from(columns.get('latency_ms') ?? []));
  }
  expect(labels).toHaveLength(30_000);
  expect(labels.every((label, i) => label === ['cat', 'dog', 'bird'][i % 3])).toBe(true);
  expect(latencies.every((latency, i) => latency === i % 50)).toBe(true);
});

/** 'ab' and then a match of 4 + 255 k characters: a small block that grows large. */
function bomb(count: number): Uint8Array {
  const block = [0x2f, 97, 98, 2, 0, ...new Array<number>(count).fill(255), 0, 0x10, 99];
  return Uint8Array.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, block.length & 255, block.length >> 8, 0, 0, ...block, 0, 0, 0, 0]);
}

test('LZ4: what it unpacks to is bounded, and nothing outside the frame is read', () => {
  // 2 literals, 15 + 4 more by the match, 1 literal.
  expect(new TextDecoder().decode(unpackLz4Frames(bomb(0), 1000))).toBe(`${'ab'.repeat(10)}ac`);
  expect(() => unpackLz4Frames(bomb(100), 1000)).toThrow(/at most 1000/);
  const small = bomb(1);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(small.length), (changes, length) => {
    const changed = small.slice(0, length);
    for (const [at, byte] of changes) if (at < length) changed[at] = byte;
    try {
      return unpackLz4Frames(changed, 4096).length <= 4096;
    } catch (error) {
      return error instanceof ArtifactError;
    }
  }));
});
