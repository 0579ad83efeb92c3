// The same image classifier, fed with another normalisation than the one it was opened with: found to be missing, or set by
// the user.
import type { ImageBatch, ImageClassifier, ImagePreprocessing } from './classifier.ts';

/** The origin of what the user set. */
export const SET_BY_USER = 'set by you';

/** `wanted` replaces the model's own: its graph is fed (pixel * scale - mean[channel]) / std[channel]. */
export function withPreprocessing(model: ImageClassifier, wanted: ImagePreprocessing): ImageClassifier {
  const own = model.spec.preprocessing;
  const { channels, height, width } = model.spec;
  const plane = height * width;
  const of = (values: readonly number[], channel: number, otherwise: number): number => values[channel] ?? values[0] ?? otherwise;
  // own(pixel') = wanted(pixel), channel by channel: pixel' = pixel * slope + offset.
  const lines = Array.from({ length: channels }, (_, channel) => {
    const share = of(own.std, channel, 1) / of(wanted.std, channel, 1);
    return { slope: (wanted.scale * share) / own.scale, offset: (of(own.mean, channel, 0) - of(wanted.mean, channel, 0) * share) / own.scale };
  });
  const change = (batch: ImageBatch): ImageBatch => ({
    ...batch,
    pixels: batch.pixels.map((value, at) => {
      const line = lines[Math.floor(at / plane) % channels];
      return line === undefined ? value : value * line.slope + line.offset;
    }),
  });
  return {
    spec: { ...model.spec, preprocessing: wanted },
    classes: model.classes,
    labels: model.labels,
    output: model.output,
    graph: model.graph,
    runtime: model.runtime,
    maxRows: model.maxRows,
    get rowsRun() {
      return model.rowsRun;
    },
    get tokensRun() {
      return model.tokensRun;
    },
    scores: (batch, signal) => model.scores(change(batch), signal),
    feeds: (batch) => model.feeds(change(batch)),
    tap: (batch, names, signal) => model.tap(change(batch), names, signal),
    dispose: () => model.dispose(),
  };
}
