// A model's fingerprint: what it is shaped like and its features. Plain data: it crosses workers and is stored.
import type { Artifact } from '../artifact/artifact.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { Runtime } from '../runtime/session.ts';
import { traceModel, type ModelTrace, type TraceOptions } from './extract/trace.ts';
import type { InputKind } from './extract/subject.ts';
import { featuresOf, FEATURE_SETS, type FeatureSetId } from './features/feature-sets.ts';

export interface Signature {
  readonly kind: InputKind;
  /** One row of input. */
  readonly shape: readonly number[];
  readonly classes: number;
  readonly taps: readonly { readonly tensor: string; readonly dims: readonly number[] }[];
}

export interface Fingerprint {
  readonly name: string;
  /** Of the model's file; '' where it is not known. Tells a model that is in the reference already. */
  readonly sha256: string;
  readonly signature: Signature;
  readonly features: Readonly<Record<FeatureSetId, readonly number[]>>;
  /** Why gradient norms are missing; undefined where they are there. */
  readonly noGradients?: string;
}

export type FeatureNames = Readonly<Record<FeatureSetId, readonly string[]>>;

export async function fingerprintModel(artifact: Artifact, sha256: string, runtime: Runtime, options: TraceOptions, signal: CancelSignal): Promise<{ readonly fingerprint: Fingerprint; readonly names: FeatureNames }> {
  return fingerprintOf(await traceModel(artifact, runtime, options, signal), artifact.name, sha256);
}

/** Digits kept: runtimes agree to about six digits, and a set of hundreds of models stays some megabytes. */
const DIGITS = 5;

function fingerprintOf(trace: ModelTrace, name: string, sha256: string): { readonly fingerprint: Fingerprint; readonly names: FeatureNames } {
  const features = featuresOf(trace);
  const pick = <T>(of: (set: FeatureSetId) => T): Record<FeatureSetId, T> => Object.fromEntries(FEATURE_SETS.map((set) => [set, of(set)])) as Record<FeatureSetId, T>;
  const { kind, shape, classes, taps, gradientNorms } = trace;
  return {
    fingerprint: {
      name,
      sha256,
      signature: { kind, shape, classes, taps: taps.map(({ tensor, dims }) => ({ tensor, dims })) },
      features: pick((set) => Array.from(features[set].values, (value) => Number(value.toPrecision(DIGITS)))),
      ...(typeof gradientNorms === 'string' ? { noGradients: gradientNorms } : {}),
    },
    names: pick((set) => features[set].names),
  };
}

export function sameSignature(a: Signature, b: Signature): boolean {
  return a.kind === b.kind && a.classes === b.classes && a.shape.join() === b.shape.join();
}
