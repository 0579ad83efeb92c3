// Which token would do most at a place of a text: the first-order gain of putting any of the vocabulary there (HotFlip, Ebrahimi
// et al. 2018, arXiv 1712.06751; Wallace et al. 2019, 1908.07125). A placeholder stands at the place; the gradient of the
// margin with respect to its embedding, times each token's embedding, ranks the whole vocabulary in one run of the graph forward and back.
// Subset: float32 graphs whose operators the gradient generator knows, embeddings of embeddings.ts. How it can mislead: it is
// a straight line through one point; what stands high has to be tried, and what works only beside other words stands nowhere.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { breathe, Cancelled, type CancelSignal } from '../../../core/cancel.ts';
import { buildInputGradient, type InputGradient } from '../../../graph/gradient/input-gradient.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import type { HostTensor, Session } from '../../../runtime/session.ts';
import { openEmbeddings, type Embeddings } from '../units/embeddings.ts';

/** A row with placeholders in it, and the classes between which its margin is read. */
export interface SlopeRow {
  /** Plain tokens, the placeholders among them. */
  readonly ids: readonly number[];
  /** Index of the first placeholder in `ids`. */
  readonly at: number;
  readonly up: number;
  readonly down: number;
}

const ROWS = 9;

export class Slopes {
  readonly #model: TextClassifier;
  readonly #embeddings: Embeddings;
  readonly #place: ReadonlyMap<number, number>;
  readonly #length: number;
  readonly #graph: InputGradient;
  readonly #session: Session;

  private constructor(model: TextClassifier, embeddings: Embeddings, length: number, graph: InputGradient, session: Session) {
    this.#model = model;
    this.#embeddings = embeddings;
    this.#place = new Map(embeddings.tokens.map((token, at) => [token, at]));
    this.#length = length;
    this.#graph = graph;
    this.#session = session;
  }

  /** For rows of up to `longest` plain tokens. Undefined where the graph has no such gradient, or it cannot be run. */
  static async open(runnable: RunnableTextClassifier, longest: number, signal: CancelSignal): Promise<Slopes | undefined> {
    const { model } = runnable;
    let session: Session | undefined;
    try {
      const embeddings = await openEmbeddings(runnable, signal);
      if (embeddings === undefined) return undefined;
      const length = Math.min(model.spec.maxTokens, longest);
      const blank = Array.from({ length: Math.min(ROWS, model.maxRows) }, () => fillers(embeddings, length));
      const built = await buildInputGradient({ ...model.graph, input: embeddings.value }, model.runtime, model.feeds({ kind: 'text', rows: blank }));
      if (built.kind !== 'ok') return undefined;
      session = await model.runtime.createSession(built.gradient.file);
      const slopes = new Slopes(model, embeddings, length, built.gradient, session);
      const [tried] = await slopes.gains([{ ids: fillers(embeddings, Math.min(2, length)), at: 0, up: 1, down: 0 }], 1, signal);
      if (tried !== undefined && Number.isFinite(tried[0])) return slopes;
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      // A runtime may lack an operator that only the way back needs: everything works without slopes, more slowly.
    }
    await session?.dispose();
    return undefined;
  }

  /** Mean first-order gain of each token of the vocabulary over the row's own, at each of `places` in a row: Float32Array [places][tokens], nats. */
  async gains(rows: readonly SlopeRow[], places: number, signal: CancelSignal): Promise<Float32Array[]> {
    const { size, table, tokens } = this.#embeddings;
    const pulls = Array.from({ length: places }, () => new Float32Array(size));
    const offsets = new Float64Array(places);
    const most = this.#graph.rows;
    const fitting = rows.filter(({ ids, at }) => ids.length <= this.#length && at + places <= ids.length);
    for (let begin = 0; begin < fitting.length; begin += most) {
      await breathe(signal);
      const part = fitting.slice(begin, begin + most);
      const gradient = await this.#run(part);
      const stride = gradient.length / this.#graph.rows;
      for (const [row, { ids, at }] of part.entries()) {
        for (const [place, pull] of pulls.entries()) {
          const from = row * stride + (this.#model.spec.prefix.length + at + place) * size;
          const own = (this.#place.get(ids[at + place] ?? -1) ?? 0) * size;
          for (let i = 0; i < size; i++) {
            const slope = (gradient[from + i] ?? 0) / fitting.length;
            pull[i] = (pull[i] ?? 0) + slope;
            offsets[place] = (offsets[place] ?? 0) + slope * (table[own + i] ?? 0);
          }
        }
      }
    }
    return pulls.map((pull, place) => {
      const gains = new Float32Array(tokens.length);
      for (let at = 0; at < tokens.length; at++) {
        let sum = -(offsets[place] ?? 0);
        for (let i = 0; i < size; i++) sum += (pull[i] ?? 0) * (table[at * size + i] ?? 0);
        gains[at] = sum;
      }
      return gains;
    });
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  get tokens(): readonly number[] {
    return this.#embeddings.tokens;
  }

  async #run(part: readonly SlopeRow[]): Promise<Float32Array> {
    const { rows, classes, inputs, outputs } = this.#graph;
    const none = fillers(this.#embeddings, 1);
    // As many rows and as long as the graph was built for.
    const batch = Array.from({ length: rows }, (_, row) => part[row]?.ids ?? none);
    const direct = new Float32Array(rows * classes);
    for (const [row, { up, down }] of part.entries()) {
      direct[row * classes + up] = 1;
      direct[row * classes + down] = -1;
    }
    const table = (data: Float32Array): HostTensor => ({ type: 'float32', dims: [rows, classes], data });
    const feeds = { ...this.#model.feeds({ kind: 'text', rows: batch, filledTo: this.#length }), [inputs.direct]: table(direct), [inputs.aim]: table(new Float32Array(rows * classes)) };
    const { host } = await this.#session.run(feeds, [outputs.gradient]);
    const gradient = host[outputs.gradient];
    if (!(gradient?.data instanceof Float32Array)) throw new TypeError('the gradient graph gave no float32 output');
    return gradient.data;
  }
}

function fillers({ tokens }: Embeddings, length: number): number[] {
  return Array.from({ length }, () => tokens[0] ?? 0);
}
