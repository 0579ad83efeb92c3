// How often each changed form of a trigger fires (layout.ts).
import type { ReactElement } from 'react';
import type { VariantRow } from '../../engine/core/finding.ts';
import { changeOf, countForms, fires } from '../../engine/core/variant-rows.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { layoutRates } from './layout.ts';
import styles from './rate-bars.module.css';

const WIDTH = 180;
const HEIGHT = 16;

export function RateBars({ title, rows, fileName }: { readonly title: string; readonly rows: readonly VariantRow[]; readonly fileName: string }): ReactElement {
  const layout = layoutRates(rows, WIDTH);
  const forms = countForms(rows);
  const like = rows.filter((row) => row.control === true && fires(row)).length;
  return (
    <ChartFrame
      interactive
      title={title}
      note={`${forms.firing} of ${forms.of} fire in at least half of the prompts · whisker: 95 % interval${like === 0 ? '' : ' · a control fires too: other strings of the same shape do what the trigger does'}`}
      description={rows.map((row) => `${row.variant}: ${row.fired} of ${row.of}`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['variant', 'change', 'fired', 'of'], rows: rows.map((row) => [row.variant, changeOf(row), row.fired, row.of]) })}
    >
      <table className={styles.table}>
        <thead><tr><th>variant</th><th>change</th><th>fires</th><th className={styles.right}>of prompts</th></tr></thead>
        <tbody>
          {layout.map(({ row, bar, whisker, fires: firing }, index) => (
            <tr key={index}>
              <td><span className="token">{row.variant}</span></td>
              <td className={styles.change}>{changeOf(row)}</td>
              <td>
                <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
                  <rect x={0} y={4} width={WIDTH} height={8} rx={2} className={styles.track} />
                  <rect x={0} y={4} width={bar} height={8} rx={2} className={firing ? styles.fires : styles.quiet} />
                  <path d={`M${whisker[0]} 8H${whisker[1]}M${whisker[0]} 5v6M${whisker[1]} 5v6`} className={styles.whisker} />
                </svg>
              </td>
              <td className={styles.right}>{firing ? '◆ ' : ''}{row.fired} of {row.of}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ChartFrame>
  );
}
