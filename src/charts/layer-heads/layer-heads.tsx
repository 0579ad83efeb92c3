// Layer x head overview (layout.ts): the share of the answer's attention that lies on the trigger, or matrix thumbnails.
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { choosingQuery, shareOn, triggerRange, type AttentionData, type Index } from '../attention-data/attention-data.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { prepareCanvas, usePalette, type Palette } from '../frame/palette.ts';
import { useWidth } from '../frame/use-width.ts';
import { colourRange, gridCellAt, largest, layoutGrid, shadeOf, stepCell, thumbnail, type GridLayout, type HeadCell } from './layout.ts';
import styles from './layer-heads.module.css';

export interface LayerHeadsProps {
  readonly title: string;
  readonly view: AttentionData;
  readonly layer: Index;
  readonly head: Index;
  readonly onPick: (layer: number, head: number) => void;
  readonly fileName: string;
  /** Thumbnails of the matrices instead of one number a head. */
  readonly thumbnails?: boolean;
  readonly hideSinks?: boolean;
  /** Keys whose share is shown; the trigger by default, else all tokens but the sink. */
  readonly keys?: readonly [number, number];
  readonly maxHeight?: number;
}

const TOP_COUNT = 5;

export function LayerHeads({ title, view, layer, head, onPick, fileName, thumbnails = false, hideSinks = true, keys, maxHeight = 480 }: LayerHeadsProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(280);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const [hover, setHover] = useState<HeadCell>();
  const query = choosingQuery(view.tokens);
  const range = keys ?? triggerRange(view.tokens) ?? [1, query + 1];
  const shares = useMemo(() => shareOn(view, query, range), [view, query, range[0], range[1]]);
  const top = useMemo(() => largest(shares, TOP_COUNT), [shares]);
  const layout = useMemo(() => layoutGrid(view.layers, view.heads, width, maxHeight, thumbnails), [view, width, maxHeight, thumbnails]);
  const colours = useMemo(() => colourRange(shares), [shares]);
  const [low, high] = colours;

  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const context = prepareCanvas(canvas.current, layout.width, layout.height);
    if (context === null) return;
    paintFrame(context, layout, palette);
    if (thumbnails) paintThumbnails(context, layout, view, hideSinks, palette);
    else paintShares(context, layout, shares, colours, top, palette);
    const picked = { layer: layer === 'mean' ? undefined : layer, head: head === 'mean' ? undefined : head };
    if (picked.layer !== undefined || picked.head !== undefined) outline(context, layout, picked, palette);
    if (hover !== undefined) outline(context, layout, hover, { ...palette, mark: palette.ink });
  }, [layout, palette, thumbnails, view, hideSinks, shares, colours, top, layer, head, hover]);

  const at = (event: MouseEvent): HeadCell | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    return gridCellAt(layout, event.clientX - box.left, event.clientY - box.top);
  };
  const onKey = (event: KeyboardEvent): void => {
    const from = hover ?? { layer: layer === 'mean' ? 0 : layer, head: head === 'mean' ? 0 : head };
    const next = stepCell(layout, from, event.key);
    if (next === undefined && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (next === undefined) onPick(from.layer, from.head);
    else setHover(next);
  };

  const share = hover === undefined ? undefined : shares[hover.layer * view.heads + hover.head];
  return (
    <ChartFrame
      interactive
      title={title}
      note={hover === undefined ? (thumbnails ? 'each map on its own scale' : 'rows: layers · columns: heads') : `layer ${hover.layer + 1}, head ${hover.head + 1}: ${((share ?? 0) * 100).toFixed(1)} %`}
      description={`${view.layers} layers by ${view.heads} heads; shares from ${percent(Math.min(...shares))} to ${percent(high)} %.`}
      fileName={fileName}
      {...(thumbnails ? {} : { vector: () => vectorOf(layout, shares, colours, top, palette) })}
      table={() => ({
        columns: ['layer', 'head', 'share'],
        rows: [...shares].map((value, index) => [Math.floor(index / view.heads) + 1, (index % view.heads) + 1, value]),
      })}
    >
      <div ref={ref}>
        <canvas
          ref={canvas}
          className={styles.canvas}
          tabIndex={0}
          role="application"
          aria-label={`${title}: arrow keys move over layers and heads, Enter picks`}
          onKeyDown={onKey}
          onBlur={() => setHover(undefined)}
          onPointerMove={(event) => setHover(sameUnless(hover, at(event)))}
          onPointerLeave={() => setHover(undefined)}
          onClick={(event) => {
            const hit = at(event);
            if (hit !== undefined) onPick(hit.layer, hit.head);
          }}
        />
        {!thumbnails && (
          <div className={styles.legend}>
            {low > 0 ? `≤ ${percent(low)} %` : '0'} <Ramp palette={palette} /> {percent(high)} % · ◆ the {TOP_COUNT} largest
          </div>
        )}
      </div>
    </ChartFrame>
  );
}

/** One digit after the point where whole numbers would be the same at both ends of a scale. */
function percent(share: number): string {
  return (share * 100).toFixed(share > 0.9 && share < 0.9995 ? 1 : 0);
}

/** The same object for the same cell: the canvas is painted anew for another one only. */
function sameUnless(before: HeadCell | undefined, now: HeadCell | undefined): HeadCell | undefined {
  return before !== undefined && now !== undefined && before.layer === now.layer && before.head === now.head ? before : now;
}

const RAMP = { steps: 18, step: 5, height: 8 } as const;

function Ramp({ palette }: { readonly palette: Palette }): ReactElement {
  return (
    <svg width={RAMP.steps * RAMP.step} height={RAMP.height} aria-hidden="true">
      {Array.from({ length: RAMP.steps }, (_, at) => <rect key={at} x={at * RAMP.step} width={RAMP.step} height={RAMP.height} fill={palette.ramp(at / (RAMP.steps - 1))} />)}
    </svg>
  );
}

function paintFrame(context: CanvasRenderingContext2D, layout: GridLayout, palette: Palette): void {
  context.fillStyle = palette.ink3;
  context.font = '9px sans-serif';
  context.textAlign = 'right';
  for (const layer of numbered(layout.rows, 11 / layout.cellHeight)) context.fillText(String(layer + 1), layout.left - 5, layout.top + (layer + 0.5) * layout.cellHeight + 3);
  context.textAlign = 'center';
  for (const head of numbered(layout.columns, 14 / layout.cellWidth)) context.fillText(String(head + 1), layout.left + (head + 0.5) * layout.cellWidth, layout.top - 5);
}

function paintShares(context: CanvasRenderingContext2D, layout: GridLayout, shares: Float32Array, colours: readonly [number, number], top: ReadonlySet<number>, palette: Palette): void {
  const { cellWidth, cellHeight } = layout;
  shares.forEach((value, index) => {
    const x = layout.left + (index % layout.columns) * cellWidth;
    const y = layout.top + Math.floor(index / layout.columns) * cellHeight;
    context.fillStyle = palette.ramp(shadeOf(value, colours));
    context.fillRect(x + 0.5, y + 0.5, cellWidth - 1.5, cellHeight - 1.5);
    if (!top.has(index)) return;
    context.fillStyle = palette.mark;
    diamond(context, x + cellWidth / 2, y + cellHeight / 2, Math.min(4, cellHeight / 3));
  });
}

const THUMB = 24;

function paintThumbnails(context: CanvasRenderingContext2D, layout: GridLayout, view: AttentionData, hideSinks: boolean, palette: Palette): void {
  const n = view.tokens.length;
  const size = Math.min(THUMB, n);
  view.maps.forEach((map, layer) => {
    for (let head = 0; head < view.heads; head++) {
      const small = thumbnail(map, head * n * n, n, size, hideSinks);
      const most = small.reduce((best, value) => Math.max(best, value), 0);
      const x = layout.left + head * layout.cellWidth;
      const y = layout.top + layer * layout.cellHeight;
      const step = (layout.cellWidth - 3) / size;
      for (let row = 0; row < size; row++) {
        for (let column = 0; column <= row; column++) {
          const value = small[row * size + column] ?? 0;
          if (value <= 0) continue;
          context.fillStyle = palette.ramp(most > 0 ? value / most : 0);
          context.fillRect(x + column * step, y + row * step, step + 0.3, step + 0.3);
        }
      }
      context.strokeStyle = palette.line;
      context.strokeRect(x - 0.5, y - 0.5, layout.cellWidth - 2, layout.cellHeight - 2);
    }
  });
}

function outline(context: CanvasRenderingContext2D, layout: GridLayout, { layer, head }: { readonly layer: number | undefined; readonly head: number | undefined }, palette: Palette): void {
  context.strokeStyle = palette.mark;
  context.lineWidth = 2;
  const x = head === undefined ? layout.left : layout.left + head * layout.cellWidth;
  const y = layer === undefined ? layout.top : layout.top + layer * layout.cellHeight;
  context.strokeRect(x, y, head === undefined ? layout.cellWidth * layout.columns - 1 : layout.cellWidth - 1, layer === undefined ? layout.cellHeight * layout.rows - 1 : layout.cellHeight - 1);
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  context.beginPath();
  context.moveTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.lineTo(x - r, y);
  context.fill();
}

function vectorOf(layout: GridLayout, shares: Float32Array, colours: readonly [number, number], top: ReadonlySet<number>, palette: Palette): string {
  const { left, columns, cellWidth, cellHeight } = layout;
  const cells = [...shares].map((value, index) => {
    const x = left + (index % columns) * cellWidth;
    const y = layout.top + Math.floor(index / columns) * cellHeight;
    const mark = top.has(index) ? `<path d="M${x + cellWidth / 2} ${y + cellHeight / 2 - 4}l4 4l-4 4l-4 -4z" fill="${palette.mark}"/>` : '';
    return `<rect x="${x}" y="${y}" width="${cellWidth - 1.5}" height="${cellHeight - 1.5}" fill="${palette.ramp(shadeOf(value, colours))}"/>${mark}`;
  });
  const text = (x: number, y: number, anchor: string, at: number): string => `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="9" fill="${palette.ink3}">${at + 1}</text>`;
  const layers = numbered(layout.rows, 11 / cellHeight).map((layer) => text(left - 5, layout.top + (layer + 0.5) * cellHeight + 3, 'end', layer));
  const heads = numbered(columns, 14 / cellWidth).map((head) => text(left + (head + 0.5) * cellWidth, layout.top - 5, 'middle', head));
  return [...layers, ...heads, ...cells].join('');
}

/** Every so many of the rows or columns, so that their numbers do not touch. */
function numbered(count: number, every: number): number[] {
  const step = Math.ceil(every);
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}
