// Where one query's attention goes, by the part each token plays. The first token stands apart as the usual sink.
import type { AttentionToken } from '../attention-data/attention-data.ts';

export const PARTS = ['sink', 'template', 'system', 'prompt', 'trigger', 'answer'] as const;
export type Part = (typeof PARTS)[number];

export interface PartShare {
  readonly part: Part;
  readonly share: number;
  readonly tokens: number;
}

/** row: [key], what the query gives to each token up to itself. Parts without a token are left out. */
export function sharesByPart(tokens: readonly AttentionToken[], row: Float32Array, query: number): PartShare[] {
  return PARTS.flatMap((part) => {
    let share = 0;
    let count = 0;
    for (let key = 0; key <= query; key++) {
      if (partOf(tokens[key], key) !== part) continue;
      share += row[key] ?? 0;
      count++;
    }
    return count === 0 ? [] : [{ part, share, tokens: count }];
  });
}

function partOf(token: AttentionToken | undefined, key: number): Part | undefined {
  return key === 0 ? 'sink' : token?.role;
}
