// Where one query looks, without and (as outlines) compared with another view (layout.ts).
import { useMemo, type ReactElement } from 'react';
import type { AttentionToken } from '../attention-data/attention-data.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { tokenLabel } from '../frame/token-label.ts';
import { useWidth } from '../frame/use-width.ts';
import { barLabel, layoutTokenBars, LEFT, longestLabel } from './layout.ts';
import styles from './token-bars.module.css';

export interface TokenBarsProps {
  readonly title: string;
  readonly note: string;
  readonly source: string;
  readonly tokens: readonly AttentionToken[];
  /** [key]: attention of the query to each token up to itself. */
  readonly values: Float32Array;
  readonly hideSinks: boolean;
  readonly lit: number | undefined;
  readonly onHover: (key: number | undefined) => void;
  readonly fileName: string;
  readonly plotHeight?: number;
  /** Least top of the scale, so that two charts can share it. */
  readonly top?: number;
  /** Least characters that labels have room for, likewise. */
  readonly labelRoom?: number;
}

export function TokenBars({ title, note, source, tokens, values, hideSinks, lit, onHover, fileName, plotHeight = 92, top: leastTop = 0, labelRoom: leastLabel = 0 }: TokenBarsProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(460);
  const labels = tokens.map(({ text }) => tokenLabel(text));
  const longest = Math.max(leastLabel, longestLabel(labels));
  const layout = useMemo(() => layoutTokenBars(values, longest, width, plotHeight, hideSinks, leastTop, (index) => tokens[index]?.role === 'trigger'), [values, longest, width, plotHeight, hideSinks, leastTop, tokens]);
  const { base, height } = layout;
  return (
    <ChartFrame
      title={title}
      source={source}
      note={lit === undefined || values[lit] === undefined ? note : `“${tokenLabel(tokens[lit]?.text ?? '')}” ${((values[lit] ?? 0) * 100).toFixed(1)} %`}
      description={[...values].map((value, index) => `${tokenLabel(tokens[index]?.text ?? '')} ${(value * 100).toFixed(0)} %`).join(', ')}
      fileName={fileName}
      table={() => ({ columns: ['key', 'token', 'role', 'weight'], rows: [...values].map((value, index) => [index, tokens[index]?.text ?? '', tokens[index]?.role ?? '', value]) })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg} onPointerLeave={() => onHover(undefined)}>
          {layout.ticks.map((tick) => (
            <g key={tick.label}>
              <line x1={LEFT} x2={width} y1={tick.y} y2={tick.y} className={styles.grid} />
              <text x={LEFT - 4} y={tick.y + 3} textAnchor="end" className={styles.tick}>{tick.label}</text>
            </g>
          ))}
          {layout.bars.map((bar) => {
            const token = tokens[bar.index];
            const middle = bar.x + bar.width / 2;
            return (
              <g key={bar.index} onPointerEnter={() => onHover(bar.index)} className={bar.index === lit ? styles.lit : undefined}>
                <rect x={bar.x} y={0} width={bar.width + 1} height={base} className={styles.hit} />
                {hideSinks && bar.index === 0 ? <path d={`M${bar.x} ${base}v-6h${bar.width}v6`} className={styles.hidden} /> : <rect x={bar.x} y={bar.y} width={bar.width} height={bar.height} className={token?.role === 'trigger' ? styles.trigger : styles.bar} />}
                {layout.labelled.has(bar.index) && <text transform={`translate(${middle + 3} ${base + 8}) rotate(-55)`} textAnchor="end" className={token?.role === 'trigger' ? styles.triggerLabel : styles.label}>{barLabel(labels[bar.index] ?? '', middle + 3)}</text>}
              </g>
            );
          })}
        </svg>
      </div>
    </ChartFrame>
  );
}
