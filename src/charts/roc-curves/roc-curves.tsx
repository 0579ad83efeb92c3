// ROC curves of the ensemble and the detectors (layout.ts), with the ensemble's 95 % band and the 10 % false-positive point.
import { useMemo, type ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { layoutRoc, type NamedRoc } from './layout.ts';
import styles from './roc-curves.module.css';

export function RocCurves({ rocs, note, fileName, height = 250 }: { readonly rocs: readonly NamedRoc[]; readonly note: string; readonly fileName: string; readonly height?: number }): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(420);
  const layout = useMemo(() => layoutRoc(rocs, width, height), [rocs, width, height]);
  const { x, y } = layout;
  const at10 = rocs.find(({ main }) => main)?.roc.at10;
  return (
    <ChartFrame
      title="ROC"
      note={note}
      description={rocs.map(({ label, roc }) => `${label} ${roc.auroc.value.toFixed(2)}`).join(', ')}
      fileName={fileName}
      table={() => ({ columns: ['curve', 'AUROC', 'low', 'high', 'found at 10 % false positives', 'low', 'high'], rows: rocs.map(({ label, roc: { auroc, at10: rate } }) => [label, auroc.value, ...auroc.interval, rate.value, ...rate.interval]) })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg}>
          {[0, 0.5, 1].map((rate) => (
            <g key={rate}>
              <line x1={x(0)} x2={x(1)} y1={y(rate)} y2={y(rate)} className={styles.grid} />
              <text x={x(0) - 8} y={y(rate) + 4} textAnchor="end">{rate}</text>
              <text x={x(rate)} y={height - 6} textAnchor="middle">{rate}</text>
            </g>
          ))}
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles.chance} />
          <line x1={x(0.1)} x2={x(0.1)} y1={y(0)} y2={y(1)} className={styles.limit} />
          <text x={x(0.1) + 4} y={y(0.03)} className={styles.limitText}>10 % false positives</text>
          {layout.band !== undefined && <path d={layout.band} className={styles.band} />}
          {layout.curves.map(({ id, path, main }) => <path key={id} d={path} className={main ? styles.main : styles.curve} />)}
          {at10 !== undefined && <line x1={x(0.1)} x2={x(0.1)} y1={y(at10.interval[0])} y2={y(at10.interval[1])} className={styles.interval} />}
          {at10 !== undefined && <circle cx={x(0.1)} cy={y(at10.value)} r={4} className={styles.point} />}
          {layout.curves.map(({ id, label, main, labelY }) => (
            <text key={id} x={x(1) + 10} y={labelY} className={main ? styles.mainText : undefined}>
              {label} {(rocs.find((entry) => entry.id === id)?.roc.auroc.value ?? 0).toFixed(2)}
            </text>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}
