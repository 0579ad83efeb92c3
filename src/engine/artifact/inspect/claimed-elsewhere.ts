// Files that only another file explains: an ONNX model's external data is numbers without a header. What the model's tensors
// point at is known for what it is; zeros in between are padding; the rest stays unexplained.
import type { ByteSource } from '../../core/byte-source.ts';
import { shown } from '../../core/shown.ts';
import type { Bytes } from '../../core/units.ts';
import { byteSize } from '../../graph/onnx-values.ts';
import { onnxInspector, tensorsOf } from '../formats/onnx-inspector.ts';
import { directoryOf } from '../formats/reader.ts';
import { contentOf, type ByteRange, type InspectedFile } from './inspection.ts';
import { accountFor, totalsOf } from './ranges.ts';

/** Exporters align tensors to pages; a longer gap is no padding. */
const LONGEST_PADDING: Bytes = 2 ** 20;

export async function claimElsewhere(files: readonly InspectedFile[]): Promise<InspectedFile[]> {
  const claims = new Map<string, ByteRange[]>();
  for (const file of files) {
    const model = contentOf(file, onnxInspector);
    if (model === undefined) continue;
    const folder = directoryOf(file.path);
    for (const tensor of tensorsOf(model)) {
      if (tensor.data.kind !== 'external') continue;
      const path = placeIn(folder, tensor.data.location);
      const list = claims.get(path) ?? [];
      list.push({ begin: tensor.data.offset, end: tensor.data.offset + (tensor.data.length ?? byteSize(tensor) ?? 0), state: 'skipped', what: `numbers of tensors of ${file.path}` });
      claims.set(path, list);
    }
  }
  if (claims.size === 0) return [...files];
  const there = new Set(files.map(({ path }) => path));
  return Promise.all(files.map(async (file) => {
    const own = claims.get(file.path);
    const missing = missingOf(file, there);
    if (missing !== undefined) return { ...file, status: 'partly' as const, reason: `the numbers of its tensors are in ${shown(missing, 100)}, which is not here` };
    // What a reader knows by itself (a pickle under this name) it judges by itself.
    return own === undefined || file.contents.size > 0 ? file : explained(file, own);
  }));
}

function placeIn(folder: string, location: string): string {
  const path = location.replace(/^(?:\.\/)+/, '');
  return folder === '' ? path : `${folder}/${path}`;
}

/** The first file that a model keeps tensors in and that was not dropped with it. */
function missingOf(file: InspectedFile, there: ReadonlySet<string>): string | undefined {
  const model = contentOf(file, onnxInspector);
  if (model === undefined) return undefined;
  const folder = directoryOf(file.path);
  for (const { data } of tensorsOf(model)) if (data.kind === 'external' && !there.has(placeIn(folder, data.location))) return data.location;
  return undefined;
}

async function explained(file: InspectedFile, claims: readonly ByteRange[]): Promise<InspectedFile> {
  const padding: ByteRange[] = [];
  for (const gap of accountFor(claims, file.source.size)) {
    if (gap.state === 'opaque' && gap.end - gap.begin <= LONGEST_PADDING && (await isZero(file.source, gap.begin, gap.end))) padding.push({ ...gap, state: 'skipped', what: 'padding' });
  }
  const ranges = accountFor([...claims, ...padding], file.source.size);
  const { opaque } = totalsOf(ranges);
  return opaque === 0 ? { ...file, ranges, status: 'inspected', reason: undefined } : { ...file, ranges, status: 'partly', reason: `${opaque} bytes: no tensor uses them` };
}

async function isZero(source: ByteSource, begin: Bytes, end: Bytes): Promise<boolean> {
  return (await source.slice(begin, end)).every((byte) => byte === 0);
}
