// Signal bars of one row (layout.ts).
import type { ReactElement } from 'react';
import type { Signal } from '../../engine/core/finding.ts';
import { shortNumber, shortP } from '../frame/numbers.ts';
import { FEWEST_COLUMNS, layoutSignalBars, type SignalBar } from './layout.ts';
import styles from './signal-bars.module.css';

const HEIGHT = 22;
/** Drawn for this width, stretched to the column's. */
const WIDTH = 168;

/** `muted`: of what did not hold nothing is drawn as if it spoke for it. */
export function SignalBars({ signals, columns, muted = false }: { readonly signals: readonly Signal[]; readonly columns: readonly string[]; readonly muted?: boolean }): ReactElement {
  const bars = layoutSignalBars(signals, columns);
  const step = WIDTH / Math.max(FEWEST_COLUMNS, bars.length);
  return (
    <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={bars.map(describe).join('; ')}>
      {bars.map((bar, index) => {
        const x = index * step;
        const w = Math.max(3, step - 3);
        return (
          <g key={bar.name}>
            <title>{describe(bar)}</title>
            <rect x={x} y={0} width={w} height={HEIGHT} fill="transparent" />
            {bar.kind === 'absent' && <rect x={x + 0.5} y={0.5} width={w - 1} height={HEIGHT - 1} className={styles.absent} />}
            {bar.kind === 'uncompared' && <rect x={x + 0.5} y={HEIGHT / 2} width={w - 1} height={HEIGHT / 2 - 0.5} className={styles.uncompared} />}
            {bar.kind === 'compared' && <rect x={x} y={HEIGHT * (1 - bar.strength)} width={w} height={HEIGHT * bar.strength} rx={1} className={bar.strong && !muted ? styles.strong : styles.weak} />}
          </g>
        );
      })}
    </svg>
  );
}

function describe(bar: SignalBar): string {
  if (bar.kind === 'absent') return `${bar.name}: not measured`;
  const value = `${bar.name} ${shortNumber(bar.signal.value)} ${bar.signal.unit ?? ''}`.trim();
  if (bar.signal.pValue !== undefined) return `${value}, ${shortP(bar.signal.pValue)}`;
  return bar.signal.rank === undefined ? `${value}, not compared with controls` : `${value}, rank ${bar.signal.rank.toFixed(2)}`;
}
