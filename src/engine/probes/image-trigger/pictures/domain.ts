// Where nothing says how pictures are scaled before the graph, the model's own answers do: on varied pictures of the right
// range a classifier's answers differ from picture to picture (mutual information of picture and class); fed with too narrow a
// range it says nearly the same of all. Too wide a range saturates and looks informative as well: so the narrowest range that
// tells something is taken. On 54 models of the zoo a needed normalisation that is left out leaves .23 of the logarithm of the
// number of classes or less, and putting it in at least doubles that but in two. How it can mislead: a model that knows few of these
// pictures' features is taken for one that lacks normalisation; halves of the range (-1 to 1, or mean and deviation) are told apart roughly.
import type { CancelSignal } from '../../../core/cancel.ts';
import { seeded, type Random } from '../../../core/random.ts';
import { softmaxRows, type ImageClassifier, type ImagePreprocessing } from '../../../runtime/classifier.ts';
import { SET_BY_USER, withPreprocessing } from '../../../runtime/with-preprocessing.ts';
import { glyph, GLYPHS } from './glyphs.ts';
import { informationOf } from './information.ts';
import { madePicture } from './made-pictures.ts';
import { concat } from './pixels.ts';
import { FAMILIES, syntheticPicture } from './synthetic.ts';

const PICTURES = 180;
/** Of the logarithm of the number of classes: below this the range is doubted. */
const INFORMATIVE = 0.13;
/** The other range must tell this much more; where it tells far more, the range is doubted in any case. */
const FACTOR = 2;
const FAR_MORE = 2.8;
/** Where -1 to 1 tells this much already, the wider mean and deviation is not needed. Colours alone: of grey models drawn digits tell. */
const ENOUGH = 0.2;

/** Usual statistics of photographs, and of digits on black. */
const USUAL: Readonly<Record<'grey' | 'colour', { readonly mean: number; readonly std: number }>> = { grey: { mean: 0.13, std: 0.31 }, colour: { mean: 0.47, std: 0.25 } };

export interface Domain {
  /** Its preprocessing is what was chosen, and says so. */
  readonly model: ImageClassifier;
  /** What was assumed about the pictures' range, for the reader. */
  readonly note: string;
}

/** What was chosen for the models that are open. */
const CHOSEN = new WeakMap<ImageClassifier, Domain>();
/** The range is the model's and hangs on no audit's seed: all who show it pictures have the same. */
const SEED = 0;

/** Chosen once for a model. Nobody waits for another's choosing: that one may be paused; done twice it comes out the same. */
export async function chooseDomain(model: ImageClassifier, signal: CancelSignal): Promise<Domain> {
  const known = CHOSEN.get(model);
  if (known !== undefined) return known;
  const chosen = await choose(model, seeded(SEED, 'image-trigger/domain'), signal);
  CHOSEN.set(model, chosen);
  return chosen;
}

async function choose(model: ImageClassifier, random: Random, signal: CancelSignal): Promise<Domain> {
  const { spec } = model;
  const { preprocessing } = spec;
  const plain: Domain = { model, note: preprocessing.guessed ? `pixels go in as the graph takes them (${preprocessing.origin})` : preprocessing.origin === SET_BY_USER ? `pixels go in as ${SET_BY_USER}` : `pixels are normalised by ${preprocessing.origin}` };
  if (!preprocessing.guessed || spec.type === 'uint8') return plain;
  const pool = Array.from({ length: PICTURES }, (_, at) => (at % 2 === 0 ? syntheticPicture(spec, (at / 2) % FAMILIES, random) : madePicture(spec, at >> 1, random)));
  const most = Math.log(model.classes);
  const fed = (how: string, change: Partial<ImagePreprocessing>): ImageClassifier => withPreprocessing(model, { ...preprocessing, ...change, origin: `told from the model’s answers: ${how}; at first ${preprocessing.origin}` });
  const normalised = (how: string, mean: number, std: number): ImageClassifier => fed(how, { mean: preprocessing.mean.map((own) => own + mean * preprocessing.scale), std: preprocessing.std.map((own) => own * std) });
  const tell = async (candidate: ImageClassifier): Promise<number> => (await information(candidate, pool, signal)) / most;
  const told = await tell(model);
  const { mean, std } = USUAL[spec.channels === 1 ? 'grey' : 'colour'];
  const asUsual = `pixels are normalised by the usual mean ${mean} and deviation ${std}`;
  const usual = normalised(asUsual, mean, std);
  const toldUsual = await tell(usual);
  const doubted = (told < INFORMATIVE ? toldUsual >= Math.max(WORTH_IT, FACTOR * told) : toldUsual >= FAR_MORE * told) || (await readsOnlyThen(model, usual, random, signal));
  // A file that could not be followed is named beside what was told instead.
  const instead = preprocessing.origin.startsWith('guessed') ? '' : `; ${preprocessing.origin}`;
  const words = (share: number): string => `${(100 * share).toFixed(0)} %`;
  if (doubted) {
    const asEven = 'pixels go in from -1 to 1';
    const even = normalised(asEven, 0.5, 0.5);
    const toldEven = await tell(even);
    const isEven = spec.channels === 1 ? await readsOnlyThen(usual, even, random, signal) : toldEven >= ENOUGH;
    const why = `without, the model says nearly the same of all pictures (it tells ${words(told)} of what it could, and ${words(isEven ? toldEven : toldUsual)} with)`;
    return isEven ? { model: even, note: `${asEven}: ${why}${instead}` } : { model: usual, note: `${asUsual}: ${why}${instead}` };
  }
  if (told >= INFORMATIVE) return plain;
  const asWide = 'pixels go in from 0 to 255';
  const wide = fed(asWide, { scale: preprocessing.scale * 255, mean: preprocessing.mean.map((own) => own * 255) });
  const toldWide = await tell(wide);
  if (toldWide < Math.max(INFORMATIVE, FACTOR * told)) return plain;
  return { model: wide, note: `${asWide}: from 0 to 1 the model says nearly the same of all pictures (it tells ${words(told)} of what it could, and ${words(toldWide)} so)${instead}` };
}

/** Digits that are read when fed in one way and not in the other say the same as varied pictures do, and more clearly. */
async function readsOnlyThen(plain: ImageClassifier, then: ImageClassifier, random: Random, signal: CancelSignal): Promise<boolean> {
  const { channels, height, width } = plain.spec;
  if (channels !== 1 || Math.max(height, width) > LARGEST_DIGIT) return false;
  const pool = Array.from({ length: PICTURES / 2 }, (_, at) => glyph(plain.spec, at % GLYPHS, random));
  const most = Math.log(plain.classes);
  const told = (await information(then, pool, signal)) / most;
  return told >= READS && told >= FAR_MORE * ((await information(plain, pool, signal)) / most);
}

const LARGEST_DIGIT = 96;
const READS = 0.5;

/** What a range must tell at least to be preferred to the plain one. */
const WORTH_IT = 0.05;

/** How much the model tells of these pictures, nats. */
async function information(model: ImageClassifier, pool: readonly Float32Array[], signal: CancelSignal): Promise<number> {
  return informationOf(softmaxRows(await model.scores({ kind: 'image', rows: pool.length, pixels: concat(pool) }, signal), model.classes), model.classes);
}
