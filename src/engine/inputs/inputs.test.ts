// Examples in the forms that people have them.
import { describe, expect, it } from 'vitest';
import type { RunnableImageClassifier, RunnableTabularClassifier, RunnableTextClassifier } from '../audit/analysis.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { fitImage, imagesOfNpy } from './images.ts';
import { readNpy } from './npy.ts';
import { withExamples } from './read-examples.ts';
import { spread } from './spread.ts';

const text = (path: string, content: string): ByteSource => bytesOf(path, new TextEncoder().encode(content));

function npy(descr: string, shape: readonly number[], data: ArrayBuffer): ByteSource {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data), 10 + header.length);
  return bytesOf('x.npy', bytes);
}

const tabular = { task: 'tabular', model: { labels: ['no', 'yes'], spec: { features: 2 } }, examples: [] } as unknown as RunnableTabularClassifier;
const rowsOf = async (content: string) => (await withExamples(tabular, [text('a.csv', content)], noImages, NEVER)).runnable.examples;

const pictured = { task: 'image-classification', model: { labels: ['cat', 'dog'], spec: { channels: 3, height: 1024, width: 1024 } }, examples: [] } as unknown as RunnableImageClassifier;

const classifier = { task: 'text-classification', model: { labels: ['negative', 'positive'] }, examples: [] } as unknown as RunnableTextClassifier;
const noImages = (): Promise<never> => Promise.reject(new Error('no pictures here'));
const examplesOf = async (file: ByteSource) => (await withExamples(classifier, [file], noImages, NEVER)).runnable.examples;

describe('texts', () => {
  it('one a line', async () => {
    expect((await examplesOf(text('a.txt', 'first\n\nsecond one\n'))).map(({ input }) => input)).toEqual(['first', 'second one']);
  });
  it('CSV with labels by name, TSV with labels by index', async () => {
    expect(await examplesOf(text('a.csv', 'text,label\n"good, really",positive\nbad,negative\n'))).toMatchObject([{ input: 'good, really', label: 1 }, { input: 'bad', label: 0 }]);
    expect(await examplesOf(text('a.tsv', 'sentence\tlabel\nfine\t1\n'))).toMatchObject([{ input: 'fine', label: 1 }]);
  });
  it('refuses bytes that are no UTF-8 with their offset, as lines and as CSV', async () => {
    const bytes = (content: string): Uint8Array<ArrayBuffer> => Uint8Array.from(content, (character) => character.charCodeAt(0));
    for (const path of ['a.csv', 'a.txt']) await expect(examplesOf(bytesOf(path, bytes('text,label\nhello \xff\xfe,1\n')))).rejects.toMatchObject({ code: 'malformed', file: path, offset: 17, actual: 'byte 0xff' });
    expect(await examplesOf(bytesOf('a.csv', bytes('\xef\xbb\xbftext,label\nfilm d\xc3\xa9j\xc3\xa0 vu,1\n')))).toMatchObject([{ input: 'film déjà vu', label: 1 }]);
  });
  it('refuses a quote that is not closed and a row of another length, with the row', async () => {
    await expect(examplesOf(text('a.csv', 'text,label\nfine,1\n"unclosed quote,0\nbad,1\n'))).rejects.toMatchObject({ code: 'malformed', file: 'a.csv', field: 'row 2 after the header', actual: expect.stringMatching(/^a quote that is never closed: .*unclosed quote,0/) });
    await expect(examplesOf(text('a.csv', 'text,label\nfine,1\nfine, really,1\n'))).rejects.toMatchObject({ code: 'malformed', actual: expect.stringContaining('3 cells instead of 2') });
    expect(await examplesOf(text('a.csv', 'text,label\n"fine\nover lines",1\n'))).toMatchObject([{ input: 'fine\nover lines', label: 1 }]);
  });
  it('counts what each file gave', async () => {
    const files = [text('a.txt', 'one\ntwo\n'), text('b.json', '{}'), text('c.csv', `text,label\n${'word,1\n'.repeat(3000)}`), text('d.txt', 'too late\n')];
    const { taken, runnable } = await withExamples(classifier, files, noImages, NEVER);
    expect([taken.map(({ file, examples }) => [file.path, examples]), runnable.examples.length]).toEqual([[['a.txt', 2], ['c.csv', 1998]], 2000]);
  });
  it('says when there are none', async () => {
    await expect(examplesOf(text('a.txt', '\n \n'))).rejects.toMatchObject({ name: 'ArtifactError', code: 'missing-file' });
  });
});

describe('tables', () => {
  it('CSV with a label, and without a header', async () => {
    expect(await rowsOf('a,b,label\n1,-2.5,yes\n')).toMatchObject([{ name: 'a.csv:2', input: Float32Array.of(1, -2.5), label: 1 }]);
    expect(await rowsOf('1,2\n3,4\n')).toMatchObject([{ name: 'a.csv:1', input: Float32Array.of(1, 2) }, { name: 'a.csv:2', input: Float32Array.of(3, 4) }]);
  });
  it('refuses what is no number, with its place', async () => {
    await expect(rowsOf('a,b\n1,2\n3,\n')).rejects.toMatchObject({ code: 'malformed', field: 'row 2 after the header', expected: '2 numbers', actual: 'cell 2: empty' });
    await expect(rowsOf('a,b\n1,red\n')).rejects.toMatchObject({ actual: 'cell 2: red' });
    await expect(rowsOf('id,a,b\n7,1,2\n')).rejects.toMatchObject({ actual: '3 cells' });
  });
});

describe('arrays and pictures', () => {
  it('reads floats, and bytes as pixels in either order', async () => {
    expect((await readNpy(npy('<f4', [2, 2], Float32Array.of(1, 2, 3, 4).buffer), 9)).values).toEqual(Float32Array.of(1, 2, 3, 4));
    const [image] = await imagesOfNpy(npy('|u1', [1, 1, 2, 3], Uint8Array.of(255, 0, 0, 0, 255, 0).buffer), { channels: 3, height: 1, width: 2 }, 9);
    expect(image).toEqual(Float32Array.of(1, 0, 0, 1, 0, 0));
  });
  it('refuses objects and cut data', async () => {
    await expect(readNpy(npy('|O', [1], new ArrayBuffer(8)), 9)).rejects.toMatchObject({ code: 'malformed', field: 'descr' });
    await expect(readNpy(npy('<f4', [1000, 1000], new ArrayBuffer(8)), 9)).rejects.toMatchObject({ code: 'malformed', field: 'shape' });
  });
  it('takes some of many from the first to the last', async () => {
    expect([spread(3, 9), spread(9, 3), spread(0, 3)]).toEqual([[0, 1, 2], [0, 3, 6], []]);
    const { shape, values } = await readNpy(npy('<f4', [10, 2], Float32Array.from({ length: 20 }, (_, at) => at).buffer), 4);
    expect([shape, [...values]]).toEqual([[4, 2], [0, 1, 4, 5, 10, 11, 14, 15]]);
  });
  it('decodes no more pictures than fit, of all folders', async () => {
    const decoded: string[] = [];
    const decode = (_: Uint8Array, path: string) => Promise.resolve((decoded.push(path), { width: 1, height: 1, rgba: Uint8Array.of(9, 9, 9, 255) }));
    const files = Array.from({ length: 60 }, (_, at) => text(`${at < 30 ? 'cat' : 'dog'}/${at}.png`, ''));
    const { runnable, taken } = await withExamples(pictured, files, decode, NEVER);
    const labels = runnable.examples.map(({ label }) => label);
    expect([decoded.length, taken.length, labels.filter((label) => label === 1).length]).toEqual([21, 21, 10]);
  });
  it('averages when it makes smaller and keeps a plain colour when it makes larger', () => {
    const checks = Uint8Array.from({ length: 16 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (Math.floor(at / 4) + Math.floor(at / 16)) % 2 === 0 ? 255 : 0));
    const small = fitImage({ width: 4, height: 4, rgba: checks }, { channels: 1, height: 2, width: 2 });
    for (const value of small) expect(value).toBeCloseTo(0.5, 5);
    const large = fitImage({ width: 1, height: 1, rgba: Uint8Array.of(51, 102, 255, 255) }, { channels: 3, height: 2, width: 2 });
    expect([large[0], large[4], large[8]].map((value) => Number(value?.toFixed(3)))).toEqual([0.2, 0.4, 1]);
  });
});
