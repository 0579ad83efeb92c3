// What pictures are searched on where the user brings none: cuttings of photographs for models that see colours; for grey ones,
// which mostly read digits and shapes, textures, shapes and strokes (bases.ts takes drawn digits instead where they are read).
import type { Random } from '../../core/random.ts';
import { cutting } from './photographs.ts';
import { FAMILIES, syntheticPicture, type PictureShape } from './synthetic.ts';

export function madePicture(shape: PictureShape, at: number, random: Random): Float32Array {
  return seesColours(shape) ? cutting(shape, at, random) : syntheticPicture(shape, at % FAMILIES, random);
}

export function seesColours({ channels }: PictureShape): boolean {
  return channels === 3;
}
