// The user's clean inputs, given to a classifier that is open; and what a report says of them.
import type { Runnable } from '../audit/analysis.ts';
import { hashFiles } from '../artifact/hash-files.ts';
import type { Drop } from '../core/byte-source.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { MakeHasher } from '../core/hasher.ts';
import type { ReportInputs } from '../report/report.ts';
import type { DecodeImage } from './images.ts';
import { withExamples, type WithExamples } from './read-examples.ts';

/** What the host can do. */
export interface InputsHost {
  readonly decode: DecodeImage;
  readonly makeHasher: MakeHasher;
}

export interface GivenInputs {
  readonly runnable: Runnable | undefined;
  readonly inputs: ReportInputs;
}

/** A language model takes none, and one that cannot be run uses none: both are said by `used: 0`. */
export async function giveInputs(runnable: Runnable | undefined, { name, files }: Drop, { decode, makeHasher }: InputsHost, signal: CancelSignal): Promise<GivenInputs> {
  if (runnable === undefined || runnable.task === 'causal-lm') return { runnable, inputs: await inputsOf([]) };
  const { runnable: fed, taken } = await withExamples(runnable, files, decode, signal);
  return { runnable: fed, inputs: await inputsOf(taken) };

  async function inputsOf(taken: WithExamples['taken']): Promise<ReportInputs> {
    const digests = await hashFiles(taken.map(({ file }) => file), makeHasher, { signal });
    const notUsed = files.length - taken.length;
    return {
      path: name,
      used: taken.reduce((sum, { examples }) => sum + examples, 0),
      files: taken.map(({ file, examples }, at) => ({ path: file.path, bytes: file.size, sha256: digests[at] ?? '', used: examples })),
      ...(notUsed === 0 ? {} : { filesNotUsed: notUsed }),
    };
  }
}
