// Which audit a checkpoint belongs to: same artifact, budget, seed, backend and engine, or it is not used. What a stage found is plain
// data in a shape that only the engine which stored it knows, and half an audit by one engine and half by another is neither's.
import type { BudgetName } from '../engine/core/finding.ts';

export interface AuditKey {
  readonly sha256: string;
  readonly budget: BudgetName;
  readonly seed: number;
  /** Where the model runs: two backends agree to about 1e-4 of a logit, which is not the same report. */
  readonly backend: string;
}

/** `engine`: of the page's build (engine-build.ts). */
export function keyOf({ sha256, budget, seed, backend }: AuditKey, engine: string): string {
  return `${sha256}/${budget}/${seed}/${backend}/${engine}`;
}

/** Whether what is stored under `key` was stored by this engine, and can be gone on with. */
export function isOfEngine(stored: AuditKey & { readonly key: string }, engine: string): boolean {
  return stored.key === keyOf(stored, engine);
}
