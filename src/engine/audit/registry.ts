// Every analysis, in the order in which they run: files first (seconds), probes after (minutes). A new probe is one line;
// families of static rules stand in rules/registry.ts.
import { imageTrigger } from '../probes/image-trigger/index.ts';
import { textInversion, textStyleFlip, textTokenFlip } from '../probes/text-triggers/index.ts';
import { triggerScan } from '../probes/trigger-scan/index.ts';
import { RULE_FAMILIES } from '../rules/registry.ts';
import type { Task } from '../core/finding.ts';
import type { Analysis } from './analysis.ts';

export const ANALYSES: readonly Analysis[] = [...RULE_FAMILIES, imageTrigger, triggerScan, textTokenFlip, textInversion, textStyleFlip];

/** What each probe runs. */
export const PROBED: ReadonlyMap<string, Task> = new Map<string, Task>([
  [imageTrigger.id, 'image-classification'],
  [triggerScan.id, 'causal-lm'],
  ...[textTokenFlip, textInversion, textStyleFlip].map(({ id }) => [id, 'text-classification'] as const),
]);

/** Those that read the files and run nothing (`assay inspect`). */
export const STATIC: readonly string[] = RULE_FAMILIES.map(({ id }) => id);
