// A model whose answers are NaN: which of its tensors hold what is no number, where they have been counted by then.
import type { Digests, TensorDigest } from '../artifact/digests/digests.ts';
import { isModelsOwnFailure, type ArtifactError } from '../core/artifact-error.ts';
import { shown } from '../core/shown.ts';

const MOST_NAMED = 3;

/** Undefined where the error is another one. */
export function whyNoNumbers(error: ArtifactError, digests: Digests | undefined): string | undefined {
  if (!isModelsOwnFailure(error) || error.expected !== 'numbers') return undefined;
  const counted = digests?.tensors.filter(({ statistics }) => statistics !== undefined) ?? [];
  if (counted.length === 0) return 'see what was found among the weights’ numbers';
  // NaN first: masks are infinite in honest models too.
  const nan = counted.filter(({ statistics }) => (statistics?.nan ?? 0) > 0);
  const broken = nan.length > 0 ? nan : counted.filter(({ statistics }) => (statistics?.infinite ?? 0) > 0);
  if (broken.length === 0) return `no tensor of plain floats (${counted.length}) holds NaN or infinity`;
  const rest = broken.length - MOST_NAMED;
  return `${broken.slice(0, MOST_NAMED).map(named).join(', ')}${rest > 0 ? ` and ${rest} more tensors` : ''}`;
}

function named({ name, file, statistics }: TensorDigest): string {
  const { nan = 0, infinite = 0 } = statistics ?? {};
  return `${shown(name, 100)} in ${shown(file, 100)} holds ${nan > 0 ? `${nan} NaN` : `${infinite} times infinity`}`;
}
