// Distances between clean models (layout.ts) with the median distances of chosen models as lines.
import { useMemo, type ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { shortNumber } from '../frame/numbers.ts';
import { useWidth } from '../frame/use-width.ts';
import { HISTOGRAM_BASE, layoutHistogram } from './layout.ts';
import styles from './distance-histogram.module.css';

export interface DistanceMark {
  readonly name: string;
  readonly distance: number;
  readonly flagged: boolean;
}

export function DistanceHistogram({ distances, marks, fileName, height = 110 }: { readonly distances: readonly number[]; readonly marks: readonly DistanceMark[]; readonly fileName: string; readonly height?: number }): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(420);
  const layout = useMemo(() => layoutHistogram(distances, marks.map(({ distance }) => distance), width, height), [distances, marks, width, height]);
  return (
    <ChartFrame
      title="Distances between clean models"
      note={marks.length === 0 ? 'select a model to see where it lies' : 'lines: median distance of the selected models from the clean ones'}
      description={`${distances.length} pairs; ${marks.map(({ name, distance }) => `${name} ${shortNumber(distance)}`).join(', ')}`}
      fileName={fileName}
      table={() => ({ columns: ['what', 'distance'], rows: [...distances.map((distance): (string | number)[] => ['clean pair', distance]), ...marks.map(({ name, distance }): (string | number)[] => [name, distance])] })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg}>
          {layout.bars.map((bar, i) => <rect key={i} {...bar} className={styles.bar} />)}
          {marks.map(({ name, distance, flagged }, i) => (
            <g key={name} className={flagged ? styles.flagged : styles.mark}>
              <line x1={layout.x(distance)} x2={layout.x(distance)} y1={0} y2={height - HISTOGRAM_BASE} />
              {i < 4 && <text x={layout.x(distance) > width - 80 ? layout.x(distance) - 4 : layout.x(distance) + 4} y={11 + 13 * i} textAnchor={layout.x(distance) > width - 80 ? 'end' : 'start'}>{name}</text>}
            </g>
          ))}
          <text x={0} y={height - 4}>{shortNumber(layout.domain[0])}</text>
          <text x={width} y={height - 4} textAnchor="end">{shortNumber(layout.domain[1])}</text>
        </svg>
      </div>
    </ChartFrame>
  );
}
