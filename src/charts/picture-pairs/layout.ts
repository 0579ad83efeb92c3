// Pictures out of a report onto the screen: bytes, RGBA pixels, and how long the bars beside them are.
import type { PictureData, PicturesEvidence } from '../../engine/core/finding.ts';

/** RGBA, row by row, of a picture; undefined where its data does not fit its size. */
export function rgbaOf({ width, height, channels, data }: PictureData): Uint8ClampedArray<ArrayBuffer> | undefined {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  if (bytes.length !== width * height * channels) return undefined;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let place = 0; place < width * height; place++) {
    for (let channel = 0; channel < 3; channel++) rgba[place * 4 + channel] = bytes[place * channels + Math.min(channel, channels - 1)] ?? 0;
    rgba[place * 4 + 3] = 255;
  }
  return rgba;
}

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
