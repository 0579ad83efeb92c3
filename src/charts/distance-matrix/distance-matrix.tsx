// Pairwise distances (layout.ts) on a canvas, rows and columns in cluster order; ticks mark flagged models, lines selected ones.
import { useLayoutEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { shortNumber } from '../frame/numbers.ts';
import { prepareCanvas, usePalette } from '../frame/palette.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutDistances, pairAt } from './layout.ts';
import styles from './distance-matrix.module.css';

export interface DistanceMatrixProps {
  readonly names: readonly string[];
  /** [models, models], row-major. */
  readonly distances: Float64Array;
  readonly order: readonly number[];
  readonly flagged: ReadonlySet<number>;
  readonly selected: ReadonlySet<number>;
  readonly onSelect: (models: readonly number[]) => void;
  readonly fileName: string;
}

const MOST_PIXELS = 320;
/** Of a flagged model, at the edge; a selected one's line runs through. */
const TICK = 8;
/** Of more selected models, lines would hide what they cross. */
const MOST_LINES = 6;

export function DistanceMatrix({ names, distances, order, flagged, selected, onSelect, fileName }: DistanceMatrixProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(300);
  const size = Math.min(width, MOST_PIXELS);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const count = names.length;
  const layout = useMemo(() => layoutDistances(distances, count, size), [distances, count, size]);
  const [pair, setPair] = useState<readonly [number, number]>();
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const context = prepareCanvas(canvas.current, size, size);
    if (context === null) return;
    const { cell, range: [low, high] } = layout;
    order.forEach((row, i) => order.forEach((column, j) => {
      context.fillStyle = row === column ? palette.panel : palette.ramp(((distances[row * count + column] ?? 0) - low) / (high - low));
      context.fillRect(j * cell, i * cell, cell + 0.5, cell + 0.5);
    }));
    order.forEach((model, i) => {
      if (!flagged.has(model) && !selected.has(model)) return;
      const chosen = selected.has(model);
      const length = chosen && selected.size <= MOST_LINES ? size : chosen ? 2 * TICK : TICK;
      context.fillStyle = flagged.has(model) ? palette.critical : palette.ink;
      const at = (i + 0.5) * cell - 1;
      context.fillRect(0, at, length, 2);
      context.fillRect(at, 0, 2, length);
    });
  }, [layout, order, distances, count, flagged, selected, palette, size]);
  const told = pair === undefined ? 'stronger colour: farther apart' : `${names[pair[0]] ?? ''} – ${names[pair[1]] ?? ''}: ${shortNumber(distances[pair[0] * count + pair[1]] ?? 0)}`;
  return (
    <ChartFrame
      title="Pairwise distance"
      note="clustered · red ticks: flagged"
      description={`${count} by ${count} distances between fingerprints, in cluster order`}
      fileName={fileName}
      table={() => ({ columns: ['model', 'model', 'distance'], rows: order.flatMap((row, i) => order.slice(0, i).map((column) => [names[row] ?? '', names[column] ?? '', distances[row * count + column] ?? 0])) })}
    >
      <div ref={ref} className={styles.holder}>
        <canvas
          ref={canvas}
          onPointerMove={(event) => { const box = event.currentTarget.getBoundingClientRect(); setPair(pairAt(order, layout.cell, event.clientX - box.left, event.clientY - box.top)); }}
          onPointerLeave={() => setPair(undefined)}
          onClick={() => onSelect(pair === undefined ? [] : [...new Set(pair)])}
        />
        <p className={styles.told}>{told}</p>
      </div>
    </ChartFrame>
  );
}
