// What pictures are searched on where the user brings none: cuttings of photographs for models that see colours, unless they read
// drawings; for those, and for grey ones, which mostly read digits and shapes, textures, shapes and strokes (bases.ts takes drawn
// digits instead where they are read).
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import { softmaxRows, type ImageClassifier } from '../../../runtime/classifier.ts';
import { informationOf } from './information.ts';
import { cutting } from './photographs.ts';
import { concat } from './pixels.ts';
import { FAMILIES, syntheticPicture, type PictureShape } from './synthetic.ts';

export type Made = 'cuttings' | 'drawings';

export function madePicture(shape: PictureShape, at: number, random: Random, made: Made = seesColours(shape) ? 'cuttings' : 'drawings'): Float32Array {
  return made === 'cuttings' ? cutting(shape, at, random) : syntheticPicture(shape, at % FAMILIES, random);
}

export function seesColours({ channels }: PictureShape): boolean {
  return channels === 3;
}

const PICTURES = 90;
const TEXTURES = 0;
const STROKES = 2;
/**
 * Readers of drawn shapes tell strokes apart 4 to 60 times better than textures with the spectrum of photographs (ten models), models of
 * CIFAR-10 .5 to 2.2 times (fifteen).
 */
const FAR_BETTER = 3;

export async function chooseMade(model: ImageClassifier, random: Random, signal: CancelSignal): Promise<Made> {
  if (!seesColours(model.spec)) return 'drawings';
  const told = async (family: number): Promise<number> => {
    const pool = Array.from({ length: PICTURES }, () => syntheticPicture(model.spec, family, random));
    return informationOf(softmaxRows(await model.scores({ kind: 'image', rows: pool.length, pixels: concat(pool) }, signal), model.classes), model.classes);
  };
  return (await told(STROKES)) > FAR_BETTER * (await told(TEXTURES)) ? 'drawings' : 'cuttings';
}
