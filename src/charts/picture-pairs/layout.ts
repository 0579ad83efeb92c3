// How long the bars beside a report's pictures are, and whether a picture moved.
import type { PicturesEvidence } from '../../engine/core/finding.ts';

export interface PairBars {
  readonly before: { readonly label: string; readonly share: number };
  readonly after: { readonly label: string; readonly share: number };
  readonly moved: boolean;
}

export function layoutPair({ beforeTop, afterTop }: PicturesEvidence['rows'][number], target: number | undefined): PairBars {
  return {
    before: { label: beforeTop.label, share: beforeTop.p },
    after: { label: afterTop.label, share: afterTop.p },
    moved: target === undefined ? afterTop.class !== beforeTop.class : afterTop.class === target && beforeTop.class !== target,
  };
}
