// Puts a trigger into a user's turn exactly as the scan does, and says where it stands.
import { insertCandidate, type Position } from '../engine/probes/trigger-scan/frame.ts';

export type { Position };

/** In reading order, for the page. */
export const POSITIONS = ['start', 'middle', 'end'] as const satisfies readonly Position[];

export interface Inserted {
  readonly user: string;
  /** Character range of the trigger in `user`. */
  readonly trigger: readonly [number, number];
}

export function insertTrigger(prompt: string, trigger: string, position: Position): Inserted {
  const { text, range } = insertCandidate(prompt, trigger, position);
  return { user: text, trigger: range };
}
