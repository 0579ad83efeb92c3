// How long the rows of a graph may be whose declaration leaves the length open. Convolutions without padding need as many tokens
// as their widest kernel, and a table of positions that nothing else names ends somewhere; neither stands in a file, so a few
// runs of made-up rows tell. Subset: onnxruntime on a processor, which refuses such runs. How it can mislead: a runtime that does not look
// whether an index lies in its table (WebGPU) refuses nothing, and the graph is taken at its word.
import { ArtifactError, isRuntimeBroken } from '../core/artifact-error.ts';

export interface TextLengths {
  /** Of a row with its special tokens: shorter ones are filled up to it. */
  readonly least: number;
  /** Of plain tokens. */
  readonly most: number;
}

/** Plain tokens of the rows that a graph is opened with; and of those where it refuses these, as it does with kernels that are wider. */
export const SAMPLE_LENGTH = 6;
const LONG_SAMPLE_LENGTH = 16;

/** Opens with rows that the graph runs; `works`: their plain tokens. */
export async function openLongEnough<M>(open: (sampleLength: number) => Promise<M>, most: number): Promise<{ readonly model: M; readonly works: number }> {
  try {
    return { model: await open(SAMPLE_LENGTH), works: Math.min(SAMPLE_LENGTH, most) };
  } catch (error) {
    if (!isRefusedRun(error) || most <= SAMPLE_LENGTH) throw error;
    // What is refused for another reason is refused again, and the first reason is the one to tell.
    const model = await open(LONG_SAMPLE_LENGTH).catch(() => {
      throw error;
    });
    return { model, works: Math.min(LONG_SAMPLE_LENGTH, most) };
  }
}

export interface LengthTrial {
  /** Runs rows of so many plain tokens, special ones beside them. */
  run(tokens: number): Promise<unknown>;
  /** Tokens of `run` that are known to work, and the most that a row might have. */
  readonly works: number;
  readonly most: number;
  /** Special tokens around each row. */
  readonly around: number;
  /** True where nothing names the longest row: `most` is a guess then. */
  readonly guessed: boolean;
}

/** One run where rows of one token work, and one more where the longest row is a guess that works. */
export async function lengthsThatRun({ run, works, most, around, guessed }: LengthTrial): Promise<TextLengths> {
  let least = 1;
  while (least < works && !(await runs(run, least))) least++;
  let longest = most;
  if (guessed && works < most && !(await runs(run, most))) {
    let [fits, tooLong] = [works, most];
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >> 1;
      if (await runs(run, middle)) fits = middle;
      else tooLong = middle;
    }
    longest = fits;
  }
  return { least: least === 1 ? 1 : least + around, most: longest };
}

async function runs(run: LengthTrial['run'], tokens: number): Promise<boolean> {
  try {
    await run(tokens);
    return true;
  } catch (error) {
    if (isRefusedRun(error)) return false;
    throw error;
  }
}

/** The runtime refused the shapes or the indices of one run. Rows that give no numbers did run. */
function isRefusedRun(error: unknown): boolean {
  return error instanceof ArtifactError && (error.code === 'shape-mismatch' || (isRuntimeBroken(error) && error.field === 'run'));
}
