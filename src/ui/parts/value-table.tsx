// A table of an intermediate result: sortable, numbers with a bar behind them, long texts folded, CSV.
import { useState, type ReactElement } from 'react';
import { DataTableCsv } from './table-csv.tsx';
import { classes } from '../class-names.ts';
import { formatNumber } from '../format.ts';
import { WholeNumbers } from './whole-numbers.tsx';
import styles from './value-table.module.css';

export interface ValueTableProps {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly note: string;
}

const FIRST_ROWS = 60;

export function ValueTable({ name, columns, rows, note }: ValueTableProps): ReactElement {
  const [sort, setSort] = useState<{ readonly column: number; readonly down: boolean }>();
  const [all, setAll] = useState(false);
  const sentences = columns.some((_, column) => explains(rows.map((row) => row[column])));
  const scales = columns.map((_, column) => scaleOf(rows.map((row) => row[column])));
  const ordered = sort === undefined ? rows : [...rows].sort((a, b) => compare(a[sort.column], b[sort.column]) * (sort.down ? -1 : 1));
  const shown = all ? ordered : ordered.slice(0, FIRST_ROWS);
  const toggle = (column: number): void => setSort(sort?.column !== column ? { column, down: scales[column] !== undefined } : sort.down === (scales[column] !== undefined) ? { column, down: !sort.down } : undefined);
  return (
    <div className={styles.wrap}>
      <p className={styles.note}>{note}<DataTableCsv name={name} columns={columns} rows={rows} /></p>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} aria-sort={sort?.column === index ? (sort.down ? 'descending' : 'ascending') : undefined} className={classes(scales[index] !== undefined && styles.right)}>
                <button className="plain" onClick={() => toggle(index)}>{column}{sort?.column === index ? (sort.down ? ' ↓' : ' ↑') : ''}</button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, at) => (
            <tr key={at}>
              {columns.map((column, index) => <Cell key={column} value={row[index]} scale={scales[index]} sentences={sentences} />)}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > FIRST_ROWS && <button className={styles.more} onClick={() => setAll(!all)}>{all ? `First ${FIRST_ROWS} only` : `All ${rows.length} rows`}</button>}
    </div>
  );
}

/** A column of sentences: a table that explains itself is set as text, what models and files say is not. */
function explains(values: readonly (string | number | undefined)[]): boolean {
  return values.length > 2 && values.every((value) => typeof value === 'string' && /^\p{Lu}.{20,}\.$/su.test(value));
}

function Cell({ value, scale, sentences }: { readonly value: string | number | undefined; readonly scale: number | undefined; readonly sentences: boolean }): ReactElement {
  if (value === undefined) return <td />;
  if (typeof value === 'string' && sentences) return <td className={styles.sentence}>{value}</td>;
  if (typeof value === 'string') return <td className={styles.text}><span title={value.length > 120 ? value : undefined}><WholeNumbers text={value} /></span></td>;
  const share = scale === undefined || scale === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
  return (
    <td className={styles.number} style={{ backgroundSize: `${share * 100}% 100%` }}>
      {formatNumber(value)}
    </td>
  );
}

/** The column's largest number where it holds numbers only, for the bars; undefined otherwise. */
function scaleOf(values: readonly (string | number | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 || numbers.length < values.length / 2 ? undefined : Math.max(...numbers.map(Math.abs).filter(Number.isFinite), 0);
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}
