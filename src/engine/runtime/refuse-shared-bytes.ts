// Two tensors of safetensors or GGUF on the same bytes: no loader takes such a file, and a model run from it is nobody's. (In ONNX
// initializers may share external data.)
import type { Artifact } from '../artifact/artifact.ts';
import { ArtifactError } from '../core/artifact-error.ts';

export function refuseSharedBytes({ kind, tensors }: Pick<Artifact, 'kind' | 'tensors'>): void {
  if (kind === 'onnx') return;
  const reached = new Map<unknown, { readonly name: string; readonly end: number }>();
  for (const { name, source, begin, end } of [...tensors.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin === end) continue;
    const before = reached.get(source);
    if (before !== undefined && begin < before.end) throw new ArtifactError({ code: 'malformed', format: kind === 'gguf' ? 'gguf' : 'safetensors', file: source.path, offset: begin, field: name, expected: 'bytes of its own', actual: `overlap with ${before.name}` });
    if (before === undefined || end > before.end) reached.set(source, { name, end });
  }
}
