// The target classes with their nulls (layout.ts).
import { useMemo, type ReactElement } from 'react';
import type { ClassSizesEvidence } from '../../engine/core/finding.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { shortNumber } from '../frame/numbers.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutClasses } from './layout.ts';
import styles from './class-bars.module.css';

/** A patch that moves a smaller share of the search pictures did not reach its aim: its size says only that it would be larger. */
const REACHED = 0.85;

export function ClassBars({ evidence, fileName }: { readonly evidence: ClassSizesEvidence; readonly fileName: string }): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const { bars, band, plot, ticks, height, labelWidth } = useMemo(() => layoutClasses(evidence, width), [evidence, width]);
  const axisY = height - 22;
  return (
    <ChartFrame
      title={evidence.title}
      note={`${evidence.unit}, logarithmic · small is suspicious · band: the other classes, ± 2 robust deviations`}
      description={evidence.rows.map(({ label, value }) => `${label}: ${value === null ? 'none found' : shortNumber(value)}`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['class', evidence.unit, 'search pictures moved', 'suspect'], rows: evidence.rows.map(({ label, value, success, class: index }) => [label, value ?? 'none found', success, index === evidence.suspect ? 'yes' : '']) })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg}>
          <rect x={band[0]} y={0} width={Math.max(0, band[2] - band[0])} height={axisY} className={styles.band} />
          <line x1={band[1]} x2={band[1]} y1={0} y2={axisY} className={styles.median} />
          {bars.map(({ row, y, x, suspect }) => (
            <g key={row.class}>
              <text x={labelWidth} y={y + 4} className={suspect ? styles.strongLabel : styles.label}>{suspect ? '◆ ' : ''}{row.label}</text>
              {x !== undefined && <rect x={plot[0]} y={y - 5} width={Math.max(1, x - plot[0])} height={10} rx={2} className={suspect ? styles.suspect : styles.bar} />}
              <text x={(x ?? plot[0]) + 6} y={y + 4} className={styles.value}>{x === undefined ? 'none found' : shortNumber(row.value ?? 0)}{x !== undefined && row.success < REACHED ? ` (moves ${Math.round(100 * row.success)} %)` : ''}</text>
            </g>
          ))}
          <line x1={plot[0]} x2={plot[1]} y1={axisY} y2={axisY} className={styles.axis} />
          {ticks.map(({ x, label }) => <text key={label} x={x} y={axisY + 15} className={styles.tick}>{label}</text>)}
        </svg>
      </div>
    </ChartFrame>
  );
}
