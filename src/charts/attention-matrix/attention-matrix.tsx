// The matrix of one head or of a mean (layout.ts), on a canvas; marks and crosshair lie over it as SVG.
import { useLayoutEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import type { AttentionToken } from '../attention-data/attention-data.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { prepareCanvas, usePalette, type Palette } from '../frame/palette.ts';
import { tokenLabel } from '../frame/token-label.ts';
import { useWidth } from '../frame/use-width.ts';
import { cellAt, layoutMatrix, type MatrixLayout } from './layout.ts';
import styles from './attention-matrix.module.css';

export interface MatrixCell {
  readonly query: number;
  readonly key: number;
}

export interface AttentionMatrixProps {
  readonly title: string;
  readonly note: string;
  readonly source: string;
  readonly tokens: readonly AttentionToken[];
  /** [query, key], row-major; NaN is not comparable and left empty. */
  readonly matrix: Float32Array;
  /** Differences from -max to max, instead of weights from 0. */
  readonly difference?: boolean;
  /** The value that has the darkest colour. */
  readonly max: number;
  /** Tokens of the longest matrix beside it, for equal cells. */
  readonly fitFor?: number;
  readonly hideSinks: boolean;
  readonly trigger: readonly [number, number] | undefined;
  /** Outlined row: the query whose bars are shown. */
  readonly query: number;
  /** Lit row and column, here or in the other matrix. */
  readonly cross: Partial<MatrixCell>;
  readonly onHover: (cell: MatrixCell | undefined) => void;
  readonly onLock: (cell: MatrixCell) => void;
  readonly fileName: string;
}

export function AttentionMatrix(props: AttentionMatrixProps): ReactElement {
  const { title, note, source, tokens, matrix, max, hideSinks, trigger, query, cross, onHover, onLock, fileName, difference = false } = props;
  const [ref, width] = useWidth<HTMLDivElement>(460);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const n = tokens.length;
  const layout = useMemo(() => layoutMatrix(n, width, props.fitFor), [n, width, props.fitFor]);
  const { cell, size } = layout;

  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const context = prepareCanvas(canvas.current, size, size);
    if (context !== null) paint(context, layout, matrix, max, hideSinks, difference, palette);
  }, [layout, matrix, max, hideSinks, difference, palette, size]);

  const at = (event: MouseEvent): MatrixCell | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    return cellAt(layout, event.clientX - box.left, event.clientY - box.top);
  };
  const onKey = (event: KeyboardEvent): void => {
    const from = { query: cross.query ?? query, key: cross.key ?? Math.min(query, 1) };
    const step: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const move = step[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const nextQuery = Math.max(0, Math.min(n - 1, from.query + move[0]));
      onHover({ query: nextQuery, key: Math.max(0, Math.min(nextQuery, from.key + move[1])) });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onLock(from);
    }
  };

  const value = cross.query === undefined || cross.key === undefined ? undefined : matrix[cross.query * n + cross.key];
  return (
    <ChartFrame
      interactive
      title={title}
      note={note}
      source={source}
      description={`Attention matrix of ${n} tokens, darkest colour from ${max.toFixed(2)}.`}
      fileName={fileName}
      vector={() => vectorOf(props, layout, palette)}
      table={() => ({
        columns: ['query', 'query token', 'key', 'key token', 'weight'],
        rows: tokens.flatMap((from, row) => tokens.slice(0, row + 1).map((to, key) => [row, from.text, key, to.text, matrix[row * n + key] ?? 0])),
      })}
    >
      <div ref={ref} className={styles.wrap}>
        <div
          className={styles.plot}
          style={{ width, height: size }}
          tabIndex={0}
          role="application"
          aria-label={`${title}: arrow keys move over the cells, Enter locks`}
          onKeyDown={onKey}
          onPointerMove={(event) => onHover(at(event))}
          onPointerLeave={() => onHover(undefined)}
          onClick={(event) => {
            const hit = at(event);
            if (hit !== undefined) onLock(hit);
          }}
        >
          <canvas ref={canvas} className={styles.canvas} />
          <svg width={width} height={size} className={styles.over}>
            {layout.labels.map((label) => (
              <text key={label.index} x={label.x} y={label.y} fontSize={layout.fontSize} className={tokens[label.index]?.role === 'trigger' ? styles.triggerLabel : tokens[label.index]?.role === 'template' ? styles.faintLabel : styles.label}>
                {tokenLabel(tokens[label.index]?.text ?? '').slice(0, 14)}
              </text>
            ))}
            {trigger !== undefined && <rect x={trigger[0] * cell} y={trigger[0] * cell} width={(trigger[1] - trigger[0]) * cell} height={size - trigger[0] * cell} className={styles.trigger} />}
            <rect x={0.5} y={query * cell + 0.5} width={(query + 1) * cell - 1} height={cell - 1} className={styles.query} />
            {cross.query !== undefined && <rect x={0} y={cross.query * cell} width={(cross.query + 1) * cell} height={cell} className={styles.lit} />}
            {cross.key !== undefined && <rect x={cross.key * cell} y={cross.key * cell} width={cell} height={size - cross.key * cell} className={styles.lit} />}
          </svg>
        </div>
        <p className={styles.readout} aria-live="polite">
          {cross.query === undefined || cross.key === undefined ? ' ' : <>“{tokenLabel(tokens[cross.query]?.text ?? '')}” → “{tokenLabel(tokens[cross.key]?.text ?? '')}” <b>{value === undefined || Number.isNaN(value) ? 'not comparable' : `${difference && value > 0 ? '+' : ''}${value.toFixed(3).replace('-', '−')}`}</b></>}
        </p>
      </div>
    </ChartFrame>
  );
}

function paint(context: CanvasRenderingContext2D, { n, cell }: MatrixLayout, matrix: Float32Array, max: number, hideSinks: boolean, difference: boolean, palette: Palette): void {
  const gap = cell >= 7 ? 1 : 0;
  for (let query = 0; query < n; query++) {
    for (let key = 0; key <= query; key++) {
      if (hideSinks && key === 0) continue;
      const value = matrix[query * n + key] ?? 0;
      context.fillStyle = colourOf(value, max, difference, palette);
      context.fillRect(key * cell, query * cell, cell - gap, cell - gap);
      if (difference && cell >= SIGN_CELL && Math.abs(value) >= max / 2 && max > 0) paintSign(context, (key + 0.5) * cell - gap / 2, (query + 0.5) * cell - gap / 2, value > 0, palette);
    }
  }
  if (!hideSinks) return;
  // Hidden, not zero: hatched.
  context.strokeStyle = palette.line;
  context.beginPath();
  for (let y = 0; y < n * cell; y += 4) {
    context.moveTo(0, y + 4);
    context.lineTo(cell - gap, y);
  }
  context.stroke();
}

const SIGN_CELL = 8;

function colourOf(value: number, max: number, difference: boolean, palette: Palette): string {
  const share = max > 0 ? value / max : 0;
  return difference ? palette.diverge(share) : palette.ramp(share);
}

/** Plus or minus on the strongest differences: colour is not the only carrier. */
function paintSign(context: CanvasRenderingContext2D, x: number, y: number, plus: boolean, palette: Palette): void {
  context.strokeStyle = palette.panel;
  context.lineWidth = 1.2;
  context.beginPath();
  context.moveTo(x - 2.2, y);
  context.lineTo(x + 2.2, y);
  if (plus) {
    context.moveTo(x, y - 2.2);
    context.lineTo(x, y + 2.2);
  }
  context.stroke();
}

function vectorOf({ matrix, max, hideSinks, difference = false }: AttentionMatrixProps, { n, cell }: MatrixLayout, palette: Palette): string {
  const parts: string[] = [];
  const gap = cell >= 7 ? 1 : 0;
  for (let row = 0; row < n; row++) {
    for (let key = hideSinks ? 1 : 0; key <= row; key++) {
      const value = matrix[row * n + key] ?? 0;
      parts.push(`<rect x="${(key * cell).toFixed(2)}" y="${(row * cell).toFixed(2)}" width="${(cell - gap).toFixed(2)}" height="${(cell - gap).toFixed(2)}" fill="${colourOf(value, max, difference, palette)}"/>`);
      if (!difference || cell < SIGN_CELL || max <= 0 || Math.abs(value) < max / 2) continue;
      const [x, y] = [(key + 0.5) * cell - gap / 2, (row + 0.5) * cell - gap / 2];
      parts.push(`<path d="M${x - 2.2} ${y}h4.4${value > 0 ? `M${x} ${y - 2.2}v4.4` : ''}" stroke="${palette.panel}" stroke-width="1.2"/>`);
    }
  }
  if (hideSinks) for (let y = 0; y < n * cell; y += 4) parts.push(`<path d="M0 ${y + 4}L${cell - gap} ${y}" stroke="${palette.line}"/>`);
  return parts.join('');
}
