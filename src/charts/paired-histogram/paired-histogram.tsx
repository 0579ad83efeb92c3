// A distribution beside its baseline (layout.ts).
import type { ReactElement, ReactNode } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { layoutPair } from './layout.ts';
import styles from './paired-histogram.module.css';

export interface PairedHistogramProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly baseline: readonly number[];
  readonly now: readonly number[];
  readonly ends: readonly [string, string];
  readonly height?: number;
  readonly fileName: string;
}

export function PairedHistogram({ title, note, baseline, now, ends, height = 150, fileName }: PairedHistogramProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const { bars, step, bottom } = layoutPair(baseline, now, width, height);
  return (
    <ChartFrame
      title={title}
      note={note}
      description={`Distribution over ${baseline.length} bins from ${ends[0]} to ${ends[1]}, baseline and now`}
      fileName={fileName}
      table={() => ({ columns: ['bin', 'baseline share', 'share now'], rows: baseline.map((share, i) => [i, share, now[i] ?? 0]) })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg}>
          {bars.map((bar, i) => <rect key={i} {...bar} className={styles.bar} />)}
          <path d={step} className={styles.now} />
          <line x1={0} x2={width} y1={bottom} y2={bottom} className={styles.axis} />
          <text x={0} y={height - 4} className={styles.tick}>{ends[0]}</text>
          <text x={width} y={height - 4} textAnchor="end" className={styles.tick}>{ends[1]}</text>
        </svg>
      </div>
    </ChartFrame>
  );
}
