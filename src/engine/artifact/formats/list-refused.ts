// Tensors that a reader refuses, in the order of the file: the first ones one by one, the rest as a count.
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import { byOffset } from '../../core/problem-groups.ts';

export function listRefused(refused: readonly ArtifactErrorFields[], most: number): ArtifactErrorFields[] {
  const ordered = [...refused].sort(byOffset);
  const last = ordered.at(-1);
  const more = ordered.length - most;
  if (last === undefined || more <= 0) return ordered;
  const { code, format, file, expected } = last;
  return [...ordered.slice(0, most), { code, format, file, field: 'tensors', expected, actual: `${more} more refused tensors`, times: more }];
}
