// Problems of one file that differ in their place alone: a file cut short makes every tensor behind the cut end too late, and is one
// problem with one first place, whoever tells it (the files' suspicion, the reason why a model was not run).
import type { ArtifactErrorFields } from './artifact-error.ts';

/** In the order of the file. */
export type ProblemGroup = readonly [ArtifactErrorFields, ...ArtifactErrorFields[]];

/** Opening and inspecting share their readers: what both found is one problem. */
export function groupProblems(problems: readonly ArtifactErrorFields[]): ProblemGroup[] {
  const places = new Set<string>();
  const groups = new Map<string, [ArtifactErrorFields, ...ArtifactErrorFields[]]>();
  for (const problem of problems) {
    const place = `${problem.file ?? ''}:${placeOf(problem)}`;
    if (places.has(place)) continue;
    places.add(place);
    const group = groups.get(kindOf(problem));
    if (group === undefined) groups.set(kindOf(problem), [problem]);
    else group.push(problem);
  }
  return [...groups.values()].map((group) => group.sort(byOffset));
}

/** The one of its group that stands first in the file. */
export function firstOfKind(problem: ArtifactErrorFields, problems: readonly ArtifactErrorFields[]): ArtifactErrorFields {
  return groupProblems(problems).find(([first]) => kindOf(first) === kindOf(problem))?.[0] ?? problem;
}

/** What has no place in the file (a count of what is not listed) comes last. */
export function byOffset({ offset: a }: ArtifactErrorFields, { offset: b }: ArtifactErrorFields): number {
  return a === b ? 0 : (a ?? Infinity) - (b ?? Infinity);
}

export function placeOf({ field, offset }: ArtifactErrorFields): string {
  return `${field ?? ''}:${offset ?? ''}`;
}

function kindOf({ file, code, expected }: ArtifactErrorFields): string {
  return `${file ?? ''}:${code}:${expected ?? ''}`;
}
