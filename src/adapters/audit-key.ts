// Which audit a checkpoint belongs to: same artifact, budget, seed and engine, or it is not used. What a stage found is plain
// data in a shape that only the engine which stored it knows, and half an audit by one engine and half by another is neither's.
import type { BudgetName } from '../engine/core/finding.ts';

export interface AuditKey {
  readonly sha256: string;
  readonly budget: BudgetName;
  readonly seed: number;
}

/** `engine`: of the page's build (engine-build.ts). */
export function keyOf({ sha256, budget, seed }: AuditKey, engine: string): string {
  return `${sha256}/${budget}/${seed}/${engine}`;
}

/** Whether what is stored under `key` was stored by this engine, and can be gone on with. */
export function isOfEngine(stored: AuditKey & { readonly key: string }, engine: string): boolean {
  return stored.key === keyOf(stored, engine);
}
