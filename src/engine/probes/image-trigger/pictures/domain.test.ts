// What range pictures go in: the page's clean sample, fed in ways that its files do not tell.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPath } from '../../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../../artifact/open.ts';
import { NEVER } from '../../../core/cancel.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { openRunnable } from '../../../runtime/open-runnable.ts';
import { withPreprocessing } from '../../../runtime/with-preprocessing.ts';
import { chooseDomain } from './domain.ts';

/** The sample as it would be, did its graph want (pixel - mean) / std of its caller. */
async function wanting(mean: number, std: number): Promise<ImageClassifier> {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL('../../../../../public/samples/clean-digit-reader', import.meta.url))));
  const opened = await openRunnable(artifact, await openNodeRuntime());
  if (opened?.task !== 'image-classification') throw new Error('the sample is no image classifier');
  const { preprocessing } = opened.model.spec;
  const graph = withPreprocessing(opened.model, { ...preprocessing, mean: preprocessing.mean.map(() => -mean / std), std: preprocessing.std.map(() => 1 / std) });
  // What is fed to it is taken as it comes.
  return { ...graph, spec: opened.model.spec, classes: graph.classes, scores: (batch, signal) => graph.scores(batch, signal) };
}

describe('the range of pictures', () => {
  it.each([
    ['as they are', 0, 1, /go in as the graph takes them/],
    ['normalised', 0.13, 0.31, /usual mean 0\.13/],
    ['from 0 to 255', 0, 1 / 255, /from 0 to 255/],
  ])('is found where pixels are wanted %s', { timeout: 120_000 }, async (_, mean, std, note) => {
    const found = await chooseDomain(await wanting(mean, std), NEVER);
    expect(found.note).toMatch(note);
    expect(found.model.spec.preprocessing.origin).toMatch(note.source.includes('as the graph') ? /^guessed: pixels go in as 0 to 1/ : new RegExp(`^told from the model’s answers: .*${note.source}`));
  });
});
