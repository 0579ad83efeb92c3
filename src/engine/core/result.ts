// What crosses a worker boundary instead of an exception (a thrown error loses its fields there).
import { ArtifactError, type ArtifactErrorFields } from './artifact-error.ts';
import { Cancelled } from './cancel.ts';

export type Failure = { readonly kind: 'cancelled' } | { readonly kind: 'error'; readonly message: string; readonly artifact?: ArtifactErrorFields };
export type Result<T> = { readonly kind: 'ok'; readonly value: T } | Failure;

export async function capture<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { kind: 'ok', value: await work() };
  } catch (error) {
    return failureOf(error);
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Cancelled) return { kind: 'cancelled' };
  if (error instanceof ArtifactError) return { kind: 'error', message: error.message, artifact: error.toFields() };
  return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
}
