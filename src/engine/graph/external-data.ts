// Where the weights stand that an ONNX file keeps outside of itself: `location` -> the file of the drop, checked for presence
// and length before a runtime maps it.
import type { Artifact } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { OnnxModelInfo } from './onnx-reader.ts';

export function locateExternalData({ files }: Pick<Artifact, 'files'>, file: ByteSource, info: OnnxModelInfo): ReadonlyMap<string, ByteSource> {
  const directory = file.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/') + 1) : '';
  const external = new Map<string, ByteSource>();
  for (const { name, data } of info.initializers) {
    if (data.kind !== 'external') continue;
    const path = directory + data.location;
    const source = external.get(data.location) ?? files.find((candidate) => candidate.source.path === path)?.source;
    const where = { format: 'onnx', file: file.path, field: name };
    if (source === undefined) throw new ArtifactError({ code: 'missing-file', ...where, expected: `external data in ${path}`, actual: 'no such file in the drop' });
    const end = data.offset + (data.length ?? 0);
    if (end > source.size) throw new ArtifactError({ code: 'truncated', ...where, file: source.path, offset: data.offset, expected: `${end} bytes`, actual: `${source.size} bytes` });
    external.set(data.location, source);
  }
  return external;
}
