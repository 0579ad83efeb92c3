// The last layer of a model as one number a class (head.ts), undefined where there is none to be seen.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { lastLayer, ownWeights } from './head.ts';

export async function measureOwnWeights(model: ImageClassifier, signal: CancelSignal): Promise<readonly number[] | undefined> {
  const rows = await lastLayer(model, signal);
  return rows === undefined ? undefined : ownWeights(rows);
}
