// A picture file as pixels, by the browser's own decoders. Very large ones are scaled down first.
import type { LookRequest } from '../state/client.ts';

const LONGEST_SIDE = 1024;

export async function decodePicture(file: Blob): Promise<LookRequest['picture']> {
  const bitmap = await createImageBitmap(file);
  try {
    const share = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [Math.max(1, Math.round(bitmap.width * share)), Math.max(1, Math.round(bitmap.height * share))];
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('this browser gives no canvas to read pictures with');
    context.drawImage(bitmap, 0, 0, width, height);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}
