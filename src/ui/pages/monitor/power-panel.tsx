// What an attacker could hide: the chance that a nudge of one class is seen within so many predictions.
import { useMemo, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { SeriesLines } from '../../../charts/series-lines/series-lines.tsx';
import { percent } from '../../../engine/monitor/monitors/clusters.ts';
import { useApp } from '../../app-context.ts';
import styles from './power-panel.module.css';

export function PowerPanel(): ReactElement | null {
  const app = useApp();
  const power = useStore(app.monitor, (state) => state.power);
  const spec = useMemo(() => {
    if (power === undefined) return undefined;
    const xs = power.curves[0]?.points.map(({ rate }) => 100 * (rate - power.baseline)) ?? [];
    const widest = xs.at(-1) ?? 1;
    const digits = widest < 2 ? 2 : widest < 20 ? 1 : 0;
    return {
      xs,
      series: power.curves.map(({ predictions, points }, i) => ({ id: String(predictions), label: `${predictions.toLocaleString('en')}`, values: points.map(({ probability }) => probability), role: i === 1 ? ('main' as const) : ('other' as const) })),
      yRange: [0, 1.02] as const, yTick: (y: number) => String(y), xTicks: Array.from({ length: 6 }, (_, i) => ({ x: (widest * i) / 5, label: `+${((widest * i) / 5).toFixed(digits)}` })),
    };
  }, [power]);
  if (power === undefined || spec === undefined) return null;
  return (
    <div className={styles.panel}>
      <SeriesLines
        title="What an attacker could hide"
        note={`chance of an alarm within ${power.curves.map(({ predictions }) => predictions.toLocaleString('en')).join(' / ')} predictions`}
        description={`Detection probability of a nudge of ${power.subject}`}
        spec={spec}
        height={170}
        fileName="power"
        tip={(i) => `${power.subject} ${percent(power.baseline)} +${(spec.xs[i] ?? 0).toFixed(2)} points\n${power.curves.map(({ predictions, points }) => `${predictions.toLocaleString('en')}: ${percent(points[i]?.probability ?? 0)}`).join('\n')}`}
        table={() => ({ columns: ['nudge, points', ...power.curves.map(({ predictions }) => `within ${predictions}`)], rows: spec.xs.map((x, i) => [x, ...power.curves.map(({ points }) => points[i]?.probability ?? 0)]) })}
      />
      <p className={styles.caption}>nudge of <b>{power.subject}</b> (baseline {percent(power.baseline)}), percentage points</p>
      <ul className={styles.list}>
        {power.curves.map(({ predictions, smallestVisible }) => (
          <li key={predictions}>
            within {predictions.toLocaleString('en')}: {smallestVisible === undefined ? 'no nudge is seen with 80 % chance' : <>a nudge below <b>{(100 * (smallestVisible - power.baseline)).toFixed(2)} points</b> would likely stay unseen</>}
          </li>
        ))}
      </ul>
    </div>
  );
}
