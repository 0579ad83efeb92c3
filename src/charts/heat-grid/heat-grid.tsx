// A grid coloured by value (layout.ts): hours of the day by source.
import { useState, type ReactElement, type ReactNode } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { usePalette } from '../frame/palette.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutHeat } from './layout.ts';
import styles from './heat-grid.module.css';

export interface HeatGridProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row][column] */
  readonly values: readonly (readonly number[])[];
  readonly format: (value: number) => string;
  readonly fileName: string;
}

const ROW = 16;

export function HeatGrid({ title, note, rows, columns, values, format, fileName }: HeatGridProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const palette = usePalette();
  const left = Math.min(110, Math.max(40, ...rows.map((row) => Math.min(16, row.length) * 6.4 + 8)));
  const cells = layoutHeat(values, width, ROW, left);
  const [over, setOver] = useState<(typeof cells)[number]>();
  const height = rows.length * ROW + 18;
  return (
    <ChartFrame
      title={title}
      note={over === undefined ? note : `${rows[over.row] ?? ''} · ${columns[over.column] ?? ''} · ${format(over.value)}`}
      description={`${rows.length} by ${columns.length} cells`}
      fileName={fileName}
      table={() => ({ columns: ['', ...columns], rows: rows.map((row, r) => [row, ...(values[r] ?? [])]) })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg} onPointerLeave={() => setOver(undefined)}>
          {rows.map((row, r) => <text key={row} x={0} y={r * ROW + 12} className={styles.tick}>{row.length > 16 ? `${row.slice(0, 15)}…` : row}</text>)}
          {cells.map((cell) => <rect key={`${cell.row}/${cell.column}`} x={cell.x} y={cell.y} width={cell.width} height={cell.height} fill={palette.ramp(cell.heat)} className={styles.cell} onPointerEnter={() => setOver(cell)} />)}
          {columns.map((column, c) => (c % Math.ceil(columns.length / 8) === 0 ? <text key={column} x={left + (c * (width - left)) / columns.length} y={height - 4} className={styles.tick}>{column}</text> : null))}
        </svg>
      </div>
    </ChartFrame>
  );
}
