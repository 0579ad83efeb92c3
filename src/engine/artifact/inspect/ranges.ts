// The account of a file's bytes: claims of readers, laid over one another, with what nobody claimed in between.
import type { Bytes } from '../../core/units.ts';
import type { ByteRange, RangeState } from './inspection.ts';

/** Where two readers claim the same byte, the better knowledge wins. */
const STRENGTH: Readonly<Record<RangeState, number>> = { parsed: 2, skipped: 1, opaque: 0 };

export const UNCLAIMED = 'no reader claims these bytes';

/** Sorted ranges without overlap that cover [0, size) wholly. Claims outside of it are cut. */
export function accountFor(claims: readonly ByteRange[], size: Bytes): ByteRange[] {
  const inside = claims.map((claim) => ({ ...claim, begin: Math.max(0, claim.begin), end: Math.min(size, claim.end) })).filter(({ begin, end }) => end > begin);
  // Painted weakest first; a later claim covers what lies under it.
  const edges = [...new Set([0, size, ...inside.flatMap(({ begin, end }) => [begin, end])])].sort((a, b) => a - b);
  const strongest = sweep(inside, edges);
  const ranges: ByteRange[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const [begin, end] = [edges[i] ?? 0, edges[i + 1] ?? 0];
    const claim = strongest[i];
    const [state, what]: [RangeState, string] = claim === undefined ? ['opaque', UNCLAIMED] : [claim.state, claim.what];
    const last = ranges.at(-1);
    if (last !== undefined && last.end === begin && last.state === state && last.what === what) ranges[ranges.length - 1] = { ...last, end };
    else ranges.push({ begin, end, state, what });
  }
  return ranges;
}

/** The strongest claim over each interval between two neighbouring edges; the earlier claim where two are equal. */
function sweep(claims: readonly ByteRange[], edges: readonly Bytes[]): (ByteRange | undefined)[] {
  const indexOf = new Map(edges.map((edge, i) => [edge, i]));
  const result: (ByteRange | undefined)[] = Array.from({ length: Math.max(0, edges.length - 1) });
  // next[i]: the first interval from i on that is still free; intervals are given away once, strongest claims first.
  const next = Array.from({ length: edges.length }, (_, i) => i);
  const free = (start: number): number => {
    let i = start;
    while (next[i] !== i) {
      next[i] = next[next[i] ?? i] ?? i;
      i = next[i] ?? i;
    }
    return i;
  };
  for (const claim of [...claims].sort((a, b) => STRENGTH[b.state] - STRENGTH[a.state])) {
    const last = indexOf.get(claim.end) ?? 0;
    for (let i = free(indexOf.get(claim.begin) ?? 0); i < last; i = free(i)) {
      result[i] = claim;
      next[i] = i + 1;
    }
  }
  return result;
}

export interface ByteTotals {
  readonly parsed: Bytes;
  readonly skipped: Bytes;
  readonly opaque: Bytes;
}

export function totalsOf(ranges: readonly ByteRange[]): ByteTotals {
  const totals = { parsed: 0, skipped: 0, opaque: 0 };
  for (const { begin, end, state } of ranges) totals[state] += end - begin;
  return totals;
}
