// The shape of a format reader: how sure it is that a file is of its format, and why; and what it reads out of it.
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { FormatMatch } from '../artifact.ts';

/** The first and last bytes of a file (at most PROBE_BYTES each), read once and shown to every reader. */
export interface Probe {
  readonly source: ByteSource;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

export const PROBE_BYTES = 4096;

export interface FormatReader<T> {
  readonly format: string;
  /** Content first, name second. Undefined where it is not this format. */
  match(probe: Probe): FormatMatch | undefined;
  /** What could be read, and what could not. Throws only where nothing of the file can be used. */
  read(source: ByteSource): Promise<ReadResult<T>>;
}

export interface ReadResult<T> {
  readonly value: T;
  readonly problems: readonly ArtifactErrorFields[];
}

/** Runs `work`; an ArtifactError becomes a problem, anything else is our own fault and goes on. */
export async function orProblem<T>(problems: ArtifactErrorFields[], work: () => Promise<ReadResult<T>>): Promise<T | undefined> {
  try {
    const { value, problems: found } = await work();
    problems.push(...found);
    return value;
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    problems.push(error.toFields());
    return undefined;
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
