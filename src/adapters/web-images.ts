// Decodes pictures by the browser's own decoders, in a worker as on the page. Pixels as they are stored: no colour profile is applied.
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { errorText } from '../engine/core/error-text.ts';
import { MAX_PIXELS, type DecodeImage } from '../engine/inputs/images.ts';

export const decodeWebImage: DecodeImage = async (bytes, path) => {
  const fail = (expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'image', file: path, expected, actual });
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (error) {
    throw fail('a picture that this browser can decode', errorText(error));
  }
  try {
    const { width, height } = bitmap;
    if (width * height > MAX_PIXELS) throw fail(`at most ${MAX_PIXELS} pixels`, `${width} x ${height}`);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw fail('a browser with a canvas to read pictures with', 'none');
    context.drawImage(bitmap, 0, 0);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
};
