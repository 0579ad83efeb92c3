// Where nothing says how pictures are normalised before the graph, the model's own answers do: on varied pictures of the right
// range a classifier's answers differ from picture to picture (mutual information of picture and class); fed with too narrow a
// range it says nearly the same of all. On the zoo's tuning half it tells 0.27 nats and less where a needed
// normalisation was left out, 0.5 and more elsewhere. How it can mislead: a model that knows few of these pictures' features is taken for one that lacks normalisation.
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { softmaxRows, type ImageClassifier } from '../../runtime/classifier.ts';
import { withPreprocessing } from '../../runtime/with-preprocessing.ts';
import { concat } from './bases.ts';
import { FAMILIES, syntheticPicture } from './synthetic.ts';

const PICTURES = 180;
/** Of the logarithm of the number of classes: below this the range is doubted. */
const INFORMATIVE = 0.13;
/** The other range must tell this much more. */
const FACTOR = 2;

/** Usual statistics of photographs, and of digits on black. */
const USUAL: Readonly<Record<'grey' | 'colour', { readonly mean: number; readonly std: number }>> = { grey: { mean: 0.13, std: 0.31 }, colour: { mean: 0.47, std: 0.25 } };

export interface Domain {
  readonly model: ImageClassifier;
  /** What was assumed about the pictures' range, for the reader. */
  readonly note: string;
}

export async function chooseDomain(model: ImageClassifier, random: Random, signal: CancelSignal): Promise<Domain> {
  const { spec } = model;
  const plain: Domain = { model, note: spec.preprocessing.guessed ? `pixels go in as the graph takes them (${spec.preprocessing.origin})` : `pixels are normalised by ${spec.preprocessing.origin}` };
  if (!spec.preprocessing.guessed || spec.type === 'uint8') return plain;
  const pool = Array.from({ length: PICTURES }, (_, at) => syntheticPicture(spec, at % FAMILIES, random));
  const { mean, std } = USUAL[spec.channels === 1 ? 'grey' : 'colour'];
  const { preprocessing } = spec;
  const shifted = withPreprocessing(model, { ...preprocessing, mean: preprocessing.mean.map((own) => own + (mean * preprocessing.scale) / std), scale: preprocessing.scale / std });
  const told = await information(model, pool, signal);
  if (told >= INFORMATIVE * Math.log(model.classes)) return plain;
  const toldShifted = await information(shifted, pool, signal);
  if (toldShifted < FACTOR * told) return plain;
  return { model: shifted, note: `pixels are normalised by the usual mean ${mean} and deviation ${std}: the model says nearly the same of all pictures without (${told.toFixed(2)} nats of information a picture, ${toldShifted.toFixed(2)} with)` };
}

/** Mutual information of picture and class, nats. */
async function information(model: ImageClassifier, pool: readonly Float32Array[], signal: CancelSignal): Promise<number> {
  const p = softmaxRows(await model.scores({ kind: 'image', rows: pool.length, pixels: concat(pool) }, signal), model.classes);
  const mean = new Float64Array(model.classes);
  let inner = 0;
  for (const [at, q] of p.entries()) {
    mean[at % model.classes] = (mean[at % model.classes] ?? 0) + q / pool.length;
    inner -= entropyTerm(q) / pool.length;
  }
  return -mean.reduce((sum, q) => sum + entropyTerm(q), 0) - inner;
}

function entropyTerm(q: number): number {
  return q > 1e-12 ? q * Math.log(q) : 0;
}
