// Lines over stretches of a log or over a dose (layout.ts). Dragging brushes, a click without a drag or Escape clears;
// with the keyboard, arrows move a brushed stretch and Shift widens it.
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import type { ChartTable } from '../frame/csv.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutSeries, type SeriesSpec } from './layout.ts';
import styles from './series-lines.module.css';

export type Brush = readonly [number, number];

export interface SeriesLinesProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly description: string;
  readonly spec: SeriesSpec;
  readonly height: number;
  readonly fileName: string;
  readonly table: () => ChartTable;
  readonly brush?: Brush | undefined;
  readonly onBrush?: (brush: Brush | undefined) => void;
  readonly lit?: string | undefined;
  readonly onMark?: (id: string) => void;
  /** Text for the stretch under the pointer. */
  readonly tip?: (index: number) => string;
}

export function SeriesLines({ title, note, description, spec, height, fileName, table, brush, onBrush, lit, onMark, tip }: SeriesLinesProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(600);
  const layout = useMemo(() => layoutSeries(spec, width, height), [spec, width, height]);
  const drag = useRef<number | undefined>(undefined);
  const [over, setOver] = useState<number>();
  const { plot, indexAt, xOf } = layout;
  const length = Math.max(0, ...spec.series.map(({ values }) => values.length));
  const at = (event: PointerEvent<SVGSVGElement>): number => indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left);
  const ordered = (a: number, b: number): Brush => (a < b ? [a, b] : [b, a]);
  const position = (index: number): number => xOf(spec.xs?.[index] ?? index);
  const onKey = (event: KeyboardEvent): void => {
    if (onBrush === undefined) return;
    if (event.key === 'Escape' && brush !== undefined) {
      event.preventDefault();
      onBrush(undefined);
    }
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const [from, to] = brush ?? [0, Math.max(0, Math.floor(length / 20))];
    const end = Math.min(length - 1, Math.max(from, to + by));
    if (event.shiftKey) onBrush([from, end]);
    else if (from + by >= 0 && to + by < length) onBrush([from + by, to + by]);
  };
  return (
    <ChartFrame title={title} note={note} description={description} fileName={fileName} table={table} interactive={onBrush !== undefined}>
      <div ref={ref} className={styles.box} tabIndex={onBrush === undefined ? undefined : 0} aria-label={onBrush === undefined ? undefined : `${title}: brush with the arrow keys`} role={onBrush === undefined ? undefined : 'group'} onKeyDown={onKey}>
        <svg
          width={width}
          height={height}
          className={onBrush === undefined ? styles.svg : styles.brushable}
          onPointerDown={(event) => {
            if (onBrush === undefined) return;
            drag.current = at(event);
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={(event) => {
            const index = at(event);
            setOver(index);
            if (drag.current !== undefined && index !== drag.current) onBrush?.(ordered(drag.current, index));
          }}
          onPointerUp={(event) => {
            if (drag.current !== undefined && at(event) === drag.current) onBrush?.(undefined);
            drag.current = undefined;
          }}
          onPointerCancel={() => { drag.current = undefined; }}
          onPointerLeave={() => setOver(undefined)}
        >
          {layout.yTicks.map(({ y, label }) => (
            <g key={label}>
              <line x1={plot.left} x2={plot.right} y1={y} y2={y} className={styles.grid} />
              <text x={plot.left - 6} y={y + 4} textAnchor="end" className={styles.tick}>{label}</text>
            </g>
          ))}
          {layout.band !== undefined && <rect x={plot.left} width={plot.right - plot.left} y={layout.band.y} height={layout.band.height} className={styles.band} />}
          {brush !== undefined && <rect x={position(brush[0])} width={Math.max(2, position(brush[1]) - position(brush[0]))} y={plot.top} height={plot.bottom - plot.top} className={styles.brush} />}
          {layout.threshold !== undefined && (
            <>
              <line x1={plot.left} x2={plot.right} y1={layout.threshold} y2={layout.threshold} className={styles.threshold} />
              <text x={plot.left + 4} y={layout.threshold - 4} className={styles.thresholdLabel}>{spec.threshold?.label}</text>
            </>
          )}
          {layout.paths.map(({ id, d, role }) => <path key={id} d={d} className={styles[role]} />)}
          {layout.paths.filter(({ role }) => role !== 'other').map(({ id, label, role, end }) => (
            <text key={id} x={Math.min(plot.right - 4, end[0])} y={Math.max(plot.top + 9, end[1] - 6)} textAnchor="end" className={role === 'alarm' ? styles.alarmLabel : styles.mainLabel}>{label}</text>
          ))}
          {layout.xTicks.map(({ x, label }) => <text key={`${x}${label}`} x={x} y={height - 5} className={styles.tick}>{label}</text>)}
          {layout.marks.map(({ id, x, label, tone }) => (
            <g
              key={id}
              className={lit === id ? styles.lit : undefined}
              {...(onMark === undefined ? {} : { role: 'button', tabIndex: 0, 'aria-label': label })}
              // The chart would take the pointer for a brush, and the click with it.
              onPointerDown={(event) => event.stopPropagation()}
              onClick={() => onMark?.(id)}
              onKeyDown={(event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onMark?.(id); } }}
            >
              <title>{label}</title>
              <line x1={x} x2={x} y1={plot.top} y2={plot.bottom} className={styles.markLine} />
              <path d={`M${x} ${plot.top}l5 -9h-10z`} className={styles[tone]} />
            </g>
          ))}
          {over !== undefined && <line x1={position(over)} x2={position(over)} y1={plot.top} y2={plot.bottom} className={styles.cursor} />}
        </svg>
        {tip !== undefined && over !== undefined && <p className={styles.tip} style={{ left: Math.min(width - 220, Math.max(0, position(over) + 8)) }}>{tip(over)}</p>}
      </div>
    </ChartFrame>
  );
}
