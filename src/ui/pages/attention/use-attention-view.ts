// What the panels share: matrices of the chosen layer and head, one colour scale, and the crosshair carried over
// from one view to the other by aligned tokens.
import { useMemo } from 'react';
import { choosingQuery, matrixOf } from '../../../charts/attention-data/attention-data.ts';
import { differenceOf, differenceTop } from '../../../charts/attention-data/difference.ts';
import { colourTop } from '../../../charts/attention-matrix/layout.ts';
import { alignTokens } from '../../../state/align-tokens.ts';
import type { Cell } from '../../../state/attention.ts';
import type { AttentionView } from '../../../state/client.ts';
import { useAttention } from '../../app-context.ts';

export interface PanelView {
  readonly view: AttentionView;
  readonly matrix: Float32Array;
  /** With minus without, for the second of two views where it is asked for. */
  readonly difference: { readonly matrix: Float32Array; readonly max: number } | undefined;
  /** The query whose row is drawn as bars and arcs. */
  readonly query: number;
  readonly cross: { readonly query?: number; readonly key?: number };
}

/** What of an answer is there to read, and what of it the maps hold. */
export function answerNote({ tokens, ended, mapped }: AttentionView['answer']): string {
  const end = ended ? 'whole answer' : `cut after ${tokens} tokens, the answer goes on`;
  return mapped < tokens ? `${end}; its first ${mapped} tokens stand in the maps` : end;
}

export function useAttentionView(): { readonly panels: readonly PanelView[]; readonly max: number } {
  const views = useAttention((state) => state.views);
  const layer = useAttention((state) => state.layer);
  const head = useAttention((state) => state.head);
  const hideSinks = useAttention((state) => state.hideSinks);
  const hover = useAttention((state) => state.hover);
  const locked = useAttention((state) => state.locked);
  const matrices = useMemo(() => views.map((view) => matrixOf(view, layer, head)), [views, layer, head]);
  const max = useMemo(() => colourTop(views.map((view, index) => ({ matrix: matrices[index] ?? new Float32Array(), n: view.tokens.length })), hideSinks), [views, matrices, hideSinks]);
  const asDifference = useAttention((state) => state.difference);
  const difference = useMemo(() => {
    const [without, triggered] = views;
    const [base, changed] = matrices;
    if (!asDifference || without === undefined || triggered === undefined || base === undefined || changed === undefined) return undefined;
    const n = triggered.tokens.length;
    // Answers are paired by place; where their tokens differ they are not comparable.
    const map = alignTokens(triggered.tokens, without.tokens).map((other, index) => (triggered.tokens[index]?.id === without.tokens[other]?.id ? other : -1));
    const matrix = differenceOf(changed, base, n, without.tokens.length, map);
    return { matrix, max: differenceTop(matrix, n, hideSinks) };
  }, [views, matrices, asDifference, hideSinks]);
  const cell = hover ?? locked;
  const panels = views.map((view, index): PanelView => {
    const cross = cell === undefined ? {} : carried(cell, index, views);
    const query = cross.query ?? choosingQuery(view.tokens);
    return { view, matrix: matrices[index] ?? new Float32Array(), difference: index === 1 ? difference : undefined, query, cross };
  });
  return { panels, max };
}

/** A cell of one view, as the same tokens of another. */
export function carried(cell: Cell, into: number, views: readonly AttentionView[]): { query?: number; key?: number } {
  if (cell.view === into) return { query: cell.query, ...(cell.key >= 0 ? { key: cell.key } : {}) };
  const [from, to] = [views[cell.view], views[into]];
  if (from === undefined || to === undefined) return {};
  const map = alignTokens(from.tokens, to.tokens);
  const [query, key] = [map[cell.query] ?? -1, cell.key < 0 ? -1 : (map[cell.key] ?? -1)];
  return { ...(query >= 0 ? { query } : {}), ...(key >= 0 ? { key } : {}) };
}

/** What the sink's number is a mean of: the later tokens of one prompt, and the heads that are shown. */
export function sinkSentence(share: number, { layers, heads, tokens }: Pick<AttentionView, 'layers' | 'heads' | 'tokens'>, layer: number | 'mean', head: number | 'mean', ofPair: boolean): string {
  const where = layer === 'mean'
    ? head === 'mean' ? ` and over all ${layers} × ${heads} heads` : ` and over head ${head + 1} of all ${layers} layers`
    : head === 'mean' ? ` and over the ${heads} heads of layer ${layer + 1}` : `, in layer ${layer + 1}, head ${head + 1}`;
  return `The first token gets ${(share * 100).toFixed(0)} % of the attention of a later one: mean over the ${tokens.length - 1} tokens after it${ofPair ? ' (prompt without the trigger)' : ''}${where}`;
}

/** Whose look is drawn: of one token, or, where the views are at different ones, of each. */
export function lookTitle(queries: readonly string[], names: readonly string[]): string {
  const [first, ...others] = queries;
  if (first === undefined) return '';
  if (others.every((query) => query === first)) return `Where “${first}” looks`;
  return `Where ${queries.map((query, index) => `“${query}” (${names[index]?.toLowerCase() ?? ''})`).join(' and ')} look`;
}
