// Fingerprints every model of a drop, one after another; a model that cannot be fingerprinted is named with its reason and
// hinders no other.
import { openArtifact } from '../artifact/open.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import type { Drop } from '../core/byte-source.ts';
import { breathe, type CancelSignal } from '../core/cancel.ts';
import type { MakeHasher } from '../core/hasher.ts';
import { hashFiles } from '../artifact/hash-files.ts';
import type { Runtime } from '../runtime/session.ts';
import type { TraceOptions } from './extract/trace.ts';
import { refuseOtherModels, refusePickle, type RefusedFile } from './other-files.ts';
import type { ReferenceSet } from './reference/reference-set.ts';
import { MOST_MODELS, splitDrop } from './reference/split-drop.ts';
import { fingerprintModel, type FeatureNames, type Fingerprint } from './fingerprint.ts';

export type RefusedModel = RefusedFile;

export interface FingerprintedDrop {
  readonly models: readonly Fingerprint[];
  readonly names: FeatureNames | undefined;
  readonly refused: readonly RefusedModel[];
}

/** How a reference set was made, as options for tracing a model in the same way. */
export function optionsOf({ publicSeed, secretSeed, gradients, taps, examples }: Pick<ReferenceSet, 'publicSeed' | 'secretSeed' | 'gradients' | 'taps' | 'examples'>): TraceOptions {
  return { publicSeed, secretSeed, gradients, ...(taps === undefined ? {} : { taps }), ...(examples === undefined ? {} : { examples: examples.map((row) => Float32Array.from(row)) }) };
}

export interface FingerprintProgress {
  readonly done: number;
  readonly total: number;
  /** The model that is done, or was refused. */
  readonly name: string;
}

export async function fingerprintDrops(drops: readonly Drop[], runtime: Runtime, makeHasher: MakeHasher, options: TraceOptions, signal: CancelSignal, onProgress: (progress: FingerprintProgress) => void = () => undefined): Promise<FingerprintedDrop> {
  const models: Fingerprint[] = [];
  const refused: RefusedModel[] = [];
  let names: FeatureNames | undefined;
  for (const [index, drop] of drops.entries()) {
    await breathe(signal);
    try {
      const pickle = drop.files.length === 1 && drop.files[0] !== undefined ? await refusePickle(drop.files[0], drop.name, signal) : undefined;
      if (pickle !== undefined) throw new ArtifactError(pickle.reason);
      const artifact = { ...(await openArtifact(drop)), name: drop.name };
      const digests = await hashFiles(drop.files, makeHasher);
      const made = await fingerprintModel(artifact, digests.length === 1 ? (digests[0] ?? '') : [...digests].sort().join('+').slice(0, 390), runtime, options, signal);
      models.push(made.fingerprint);
      names ??= made.names;
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      refused.push({ name: drop.name, reason: error.toFields() });
    }
    onProgress({ done: index + 1, total: drops.length, name: drop.name });
  }
  return { models, names, refused };
}

export interface FingerprintedFolder extends FingerprintedDrop {
  /** Paths of files that are no models. */
  readonly leftAside: readonly string[];
}

/** Every model of one or several folders; models of a kind that is not fingerprinted are refused by name. */
export async function fingerprintFolders(folders: readonly Drop[], runtime: Runtime, makeHasher: MakeHasher, options: TraceOptions, signal: CancelSignal, onProgress?: (progress: FingerprintProgress) => void): Promise<FingerprintedFolder> {
  const splits = folders.map(splitDrop);
  const others = await refuseOtherModels(splits.flatMap(({ leftAside }) => leftAside), signal);
  const tooMany = splits.flatMap((split) => split.tooMany).map((name): RefusedModel => ({ name, reason: { code: 'limit-exceeded', format: 'fingerprint', file: name, field: 'models', expected: `at most ${MOST_MODELS} at once`, actual: 'more' } }));
  const made = await fingerprintDrops(splits.flatMap(({ models }) => models), runtime, makeHasher, options, signal, onProgress);
  return { ...made, refused: [...made.refused, ...others.refused, ...tooMany], leftAside: others.leftAside };
}
