// Losses and their gradients with respect to pixels (0 to 1, NCHW) of an image classifier, a fixed number of rows a run.
// Graphs whose operators cannot be differentiated are refused by name (graph/gradient/input-gradient.ts).
import { ArtifactError } from '../../../core/artifact-error.ts';
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { buildInputGradient, type InputGradient } from '../../../graph/gradient/input-gradient.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { HostTensor, Session } from '../../../runtime/session.ts';

export interface Pulled {
  /** Float32Array [rows, classes]. */
  readonly logits: Float32Array;
  /** d(loss)/d(pixel), Float32Array [rows, channels, height, width]. */
  readonly gradient: Float32Array;
}

export type Opened = { readonly kind: 'ok'; readonly differentiator: Differentiator } | { readonly kind: 'unsupported'; readonly reasons: readonly string[] };

export class Differentiator {
  readonly model: ImageClassifier;
  /** Rows of one run of the graph; more rows are several runs. */
  readonly #rows: number;
  readonly #graph: InputGradient;
  readonly #session: Session;
  #runs = 0;

  private constructor(model: ImageClassifier, graph: InputGradient, session: Session) {
    this.model = model;
    this.#rows = graph.rows;
    this.#graph = graph;
    this.#session = session;
  }

  static async open(model: ImageClassifier, rows: number, signal: CancelSignal): Promise<Opened> {
    const { channels, height, width } = model.spec;
    const count = Math.min(rows, model.maxRows);
    const pixels = new Float32Array(count * channels * height * width).fill(0.5);
    const feeds = model.feeds({ kind: 'image', rows: count, pixels });
    const built = await buildInputGradient(model.graph, model.runtime, feeds);
    if (built.kind !== 'ok') return built;
    let session: Session | undefined;
    try {
      session = await model.runtime.createSession(built.gradient.file);
      // A runtime may take a graph and refuse to run it.
      const nothing = new Float32Array(count * model.classes);
      await new Differentiator(model, built.gradient, session).pull(pixels, count, nothing, nothing, signal);
      return { kind: 'ok', differentiator: new Differentiator(model, built.gradient, session) };
    } catch (error) {
      await session?.dispose();
      if (error instanceof ArtifactError) return { kind: 'unsupported', reasons: [`the runtime refuses the graph with its gradient: ${error.message}`] };
      throw error;
    }
  }

  /** Multiply-adds of one row, forward and back (about twice forward again). */
  get multiplyAddsPerRow(): number {
    return (3 * this.#graph.multiplyAdds) / this.#rows;
  }

  get multiplyAdds(): number {
    return this.#runs * 3 * this.#graph.multiplyAdds;
  }

  /** Cross entropy of each row with its class in `aims`; a row whose aim is negative pulls nothing. */
  crossEntropy(pixels: Float32Array, aims: readonly number[], signal: CancelSignal): Promise<Pulled> {
    const { classes } = this.model;
    const aim = new Float32Array(aims.length * classes);
    for (const [row, wanted] of aims.entries()) if (wanted >= 0) aim[row * classes + wanted] = 1;
    return this.pull(pixels, aims.length, new Float32Array(aims.length * classes), aim, signal);
  }

  /** loss = sum(direct * logits) + cross entropy with `aim`; both [rows, classes]. */
  async pull(pixels: Float32Array, rows: number, direct: Float32Array, aim: Float32Array, signal: CancelSignal): Promise<Pulled> {
    const { model } = this;
    const { classes } = model;
    const size = pixels.length / rows;
    const logits = new Float32Array(rows * classes);
    const gradient = new Float32Array(rows * size);
    const run = this.#rows;
    for (let begin = 0; begin < rows; begin += run) {
      await breathe(signal);
      const end = Math.min(rows, begin + run);
      const part = fill(pixels, begin * size, end * size, run * size);
      const { inputs, outputs } = this.#graph;
      const table = (values: Float32Array): HostTensor => ({ type: 'float32', dims: [run, classes], data: fill(values, begin * classes, end * classes, run * classes) });
      const feeds = { ...model.feeds({ kind: 'image', rows: run, pixels: part }), [inputs.direct]: table(direct), [inputs.aim]: table(aim) };
      const { host } = await this.#session.run(feeds, [outputs.logits, outputs.gradient]);
      this.#runs++;
      logits.set(floatsOf(host[outputs.logits]).subarray(0, (end - begin) * classes), begin * classes);
      gradient.set(this.#toPixels(floatsOf(host[outputs.gradient])).subarray(0, (end - begin) * size), begin * size);
    }
    return { logits, gradient };
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  /** From the graph's layout and normalisation to pixels of NCHW. */
  #toPixels(gradient: Float32Array): Float32Array {
    const { channels, height, width, layout, preprocessing } = this.model.spec;
    const area = height * width;
    const pixels = new Float32Array(gradient.length);
    const rows = gradient.length / (channels * area);
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < channels; channel++) {
        const factor = preprocessing.scale / (preprocessing.std[channel] ?? preprocessing.std[0] ?? 1);
        const to = (row * channels + channel) * area;
        for (let at = 0; at < area; at++) pixels[to + at] = factor * (gradient[layout === 'nchw' ? to + at : (row * area + at) * channels + channel] ?? 0);
      }
    }
    return pixels;
  }
}

/** values[begin, end), filled up with zeros. */
function fill(values: Float32Array, begin: number, end: number, length: number): Float32Array {
  if (end - begin === length) return values.subarray(begin, end);
  const padded = new Float32Array(length);
  padded.set(values.subarray(begin, end));
  return padded;
}

function floatsOf(tensor: HostTensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('the gradient graph gave no float32 output');
  return tensor.data;
}
