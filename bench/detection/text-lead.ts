// What texts.ts keeps of one contrast, and fit-texts.ts fits the rule to.
import type { ContrastFeatures } from '../../src/engine/probes/text-triggers/judge/judge.ts';

export interface Lead {
  readonly direction: string;
  readonly kind: string;
  /** Undefined as null: any class but the text's own. */
  readonly target: number | null;
  readonly text: string;
  readonly features: ContrastFeatures;
}
