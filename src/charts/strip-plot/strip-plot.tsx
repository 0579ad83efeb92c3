// Signals against their nulls (layout.ts).
import { useMemo, useState, type ReactElement } from 'react';
import type { Signal } from '../../engine/core/finding.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { shortNumber, shortP } from '../frame/numbers.ts';
import { captionOf, FEWEST_FOR_PERCENTILE, layoutStrip, type StripRow } from './layout.ts';
import styles from './strip-plot.module.css';

export interface StripPlotProps {
  /** 'Signals against controls' where undefined. */
  readonly title?: string;
  readonly signals: readonly Signal[];
  readonly fileName: string;
}

export function StripPlot({ title = 'Signals against controls', signals, fileName }: StripPlotProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const layout = useMemo(() => layoutStrip(signals, width), [signals, width]);
  const [shown, show] = useState<number>();
  const controls = Math.max(0, ...signals.map((signal) => signal.nullValues?.length ?? 0));
  const row = shown === undefined ? undefined : layout.rows[shown];
  return (
    <ChartFrame
      title={title}
      note={controls > 0 ? <>◆ candidate (filled: stands out) · dots: up to {controls} controls each · bar: their middle half · tick: {controls < FEWEST_FOR_PERCENTILE ? 'the farthest' : '99 % of them'}</> : 'no controls were measured'}
      description={signals.map((signal) => `${signal.name} ${shortNumber(signal.value)} ${signal.unit ?? ''} ${signal.pValue === undefined ? '' : shortP(signal.pValue)}`).join('; ')}
      fileName={fileName}
      table={() => ({
        columns: ['signal', 'role', 'value', 'unit', 'p', 'rank'],
        rows: signals.flatMap((signal) => [
          [signal.name, 'candidate', signal.value, signal.unit ?? '', signal.pValue ?? '', signal.rank ?? ''],
          ...(signal.nullValues ?? []).map((value) => [signal.name, 'control', value, signal.unit ?? '', '', '']),
        ]),
      })}
    >
      <div ref={ref}>
        <svg width={width} height={layout.height} className={styles.svg} onPointerLeave={() => show(undefined)}>
          {layout.rows.map((entry, index) => (
            <Row key={entry.signal.name} row={entry} labelWidth={layout.labelWidth} captionX={layout.captionX} plot={layout.plot} on={shown === index} onEnter={() => show(index)} />
          ))}
        </svg>
        <p className={styles.measured} aria-live="polite">{row === undefined ? ' ' : `${row.signal.measured ?? row.signal.name} · axis ${shortNumber(row.ends[0])} to ${shortNumber(row.ends[1])} ${row.signal.unit ?? ''} · ${row.dots.length} controls`}</p>
      </div>
    </ChartFrame>
  );
}

interface RowProps {
  readonly row: StripRow;
  readonly labelWidth: number;
  readonly captionX: number;
  readonly plot: readonly [number, number];
  readonly on: boolean;
  readonly onEnter: () => void;
}

function Row({ row, labelWidth, captionX, plot, on, onEnter }: RowProps): ReactElement {
  const { signal, y, dots, quartiles, tail, candidate, strong } = row;
  const compared = dots.length > 0;
  const [value, ...rest] = captionOf(signal).split(' · ');
  return (
    <g onPointerEnter={onEnter} className={on ? styles.on : undefined}>
      <rect x={0} y={y - 14} width={captionX + 130} height={28} className={styles.hit} />
      <text x={0} y={y + 4} className={styles.label}>{fit(signal.name, labelWidth)}</text>
      {compared && <line x1={plot[0]} x2={plot[1]} y1={y} y2={y} className={styles.axis} />}
      {!compared && <text x={plot[0]} y={y + 4} className={styles.noNull}>{fit(firstClause(signal.measured ?? 'no controls'), plot[1] - plot[0])}</text>}
      {quartiles !== undefined && <line x1={quartiles[0]} x2={quartiles[1]} y1={y} y2={y} className={styles.middle} />}
      {dots.map((dot, index) => <circle key={index} cx={dot.x} cy={dot.y} r={1.6} className={styles.dot} />)}
      {tail !== undefined && <line x1={tail} x2={tail} y1={y - 7} y2={y + 7} className={styles.tail} />}
      {compared && <path d={`M${candidate} ${y - 6}l6 6l-6 6l-6 -6z`} className={strong ? styles.strong : styles.weak} />}
      <text x={captionX} y={y + 4} className={styles.caption}>
        <tspan className={styles.value}>{value}</tspan>{rest.map((part) => ` · ${part}`).join('')}
      </text>
    </g>
  );
}

function fit(name: string, width: number): string {
  const most = Math.floor(width / 6.1);
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** "24 of 24 held-out prompts (95 % interval …), …": the whole stands below the chart on hover. */
function firstClause(measured: string): string {
  return measured.split(/ \(|[;,] /, 1)[0] ?? measured;
}
