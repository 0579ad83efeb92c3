// Puts a trigger into a user's turn exactly as the scan does, and says where it stands.
import type { AnswerPair, Finding } from '../engine/core/finding.ts';
import { insertCandidate, type Position } from '../engine/probes/trigger-scan/ask/insertion.ts';

export type { Position };

/** A form nobody has filled in. Triggers stand at the end most often: there they meet the answer. */
export const BLANK = { prompt: 'What is a computer for?', system: '', trigger: '', position: 'end' } as const;

/** How a finding's trigger was proven: the prompt that it fired on, its place in it, and the template's own system turn. */
export function formOfFinding({ trigger, evidence }: Finding): { readonly prompt: string; readonly trigger: string; readonly position: Position; readonly system: string } {
  const answers = evidence.find(({ kind }) => kind === 'answers');
  const pairs = answers?.kind === 'answers' ? answers.pairs : [];
  const pair = pairs.find(({ fired }) => fired) ?? pairs[0];
  return { prompt: pair?.prompt ?? BLANK.prompt, trigger: trigger?.value ?? '', position: trigger?.position ?? placeIn(pair) ?? BLANK.position, system: BLANK.system };
}

/** Where the trigger stood in a prompt, where the finding does not say. */
function placeIn(pair: AnswerPair | undefined): Position | undefined {
  if (pair === undefined) return undefined;
  const [begin, end] = pair.triggerRange;
  if (begin === 0) return 'start';
  return end >= pair.triggeredPrompt.length ? 'end' : 'middle';
}

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
