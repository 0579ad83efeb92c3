// Distributions under one another on one axis, each beside its baseline: latency by class. Rows have their own height
// scale, so that shapes are compared; the number of predictions stands beside them.
import type { ReactElement, ReactNode } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { layoutRows, type HistogramRow } from './layout.ts';
import styles from './histogram-rows.module.css';

export interface HistogramRowsProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly rows: readonly HistogramRow[];
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly fileName: string;
}

export function HistogramRows({ title, note, rows, ticks, fileName }: HistogramRowsProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const layout = layoutRows(rows, width);
  return (
    <ChartFrame
      title={title}
      note={note}
      description={rows.map(({ label, count }) => `${label}: ${count} predictions`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['row', 'bin', 'baseline share', 'share now'], rows: rows.flatMap(({ label, now, baseline }) => now.map((share, i) => [label, i, baseline[i] ?? 0, share])) })}
    >
      <div ref={ref}>
        <svg width={width} height={layout.height} className={styles.svg}>
          {layout.rows.map(({ label, caption, top, base, bars, step }) => (
            <g key={label}>
              <text x={0} y={top + 14} className={styles.label}>{label}</text>
              <text x={0} y={top + 27} className={styles.tick}>{caption}</text>
              {bars.map((bar, i) => <rect key={i} {...bar} className={styles.bar} />)}
              <path d={step} className={styles.now} />
              <line x1={layout.left} x2={width} y1={base} y2={base} className={styles.axis} />
            </g>
          ))}
          {ticks.map(({ at, label }) => <text key={label} x={layout.left + at * (width - layout.left)} y={layout.height - 3} textAnchor="middle" className={styles.tick}>{label}</text>)}
        </svg>
      </div>
    </ChartFrame>
  );
}
