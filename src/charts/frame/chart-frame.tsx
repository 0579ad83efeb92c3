// What every chart has: a title, an accessible name, a view of its data as a table, and exports of what is seen.
// What is exported is the figure as it is seen (picture.ts).
import { useId, useRef, useState, type ReactElement, type ReactNode } from 'react';
import styles from './chart-frame.module.css';
import { tableToCsv, type ChartTable } from './csv.ts';
import { saveBlob, saveText, svgToPng } from './export.ts';
import { pictureOf } from './picture.ts';

export interface ChartFrameProps {
  readonly title: string;
  /** What is counted and on how many, beside the title. */
  readonly note?: ReactNode;
  /** Which model and prompt, where the page says it elsewhere: in exports, beside the title. */
  readonly source?: string;
  /** Read out instead of the picture. */
  readonly description: string;
  readonly table: () => ChartTable;
  readonly fileName: string;
  /** What the canvas shows, as SVG elements in its coordinates. */
  readonly vector?: () => string;
  /** True for charts that are used, not only looked at (or whose marks are text): their parts are read out themselves. */
  readonly interactive?: boolean;
  readonly children: ReactNode;
}

export function ChartFrame({ title, note, source, description, table, fileName, vector, interactive = false, children }: ChartFrameProps): ReactElement {
  const [asTable, setAsTable] = useState(false);
  /** The browser could not turn the figure into pixels. */
  const [refused, setRefused] = useState(false);
  const figure = useRef<HTMLDivElement>(null);
  const noted = useRef<HTMLSpanElement>(null);
  const id = useId();
  const svg = (): string | undefined => (figure.current === null ? undefined : pictureOf(figure.current, { title: source === undefined ? title : `${title} · ${source}`, note: noted.current?.textContent ?? '' }, vector));
  const savePng = async (): Promise<void> => {
    const text = svg();
    const blob = text === undefined ? undefined : await svgToPng(text).catch(() => undefined);
    setRefused(blob === undefined);
    if (blob !== undefined) saveBlob(`${fileName}.png`, blob);
  };
  return (
    <figure className={styles.frame} aria-labelledby={id}>
      <figcaption className={styles.caption} id={id}>
        <span className={styles.heading}>
          <b>{title}</b>
          {note !== undefined && <span className={styles.note} ref={noted}>{note}</span>}
        </span>
        <span className={styles.tools}>
          <button className="plain" aria-pressed={asTable} aria-label={`${title} as a table`} onClick={() => setAsTable(!asTable)}>{asTable ? 'chart' : 'table'}</button>
          <button className="plain" aria-label={`${title} as SVG`} onClick={() => { const text = svg(); if (text !== undefined) saveText(`${fileName}.svg`, 'image/svg+xml', text); }}>SVG</button>
          <button className="plain" aria-label={`${title} as PNG`} onClick={() => void savePng()}>PNG</button>
          <button className="plain" aria-label={`${title} as CSV`} onClick={() => saveText(`${fileName}.csv`, 'text/csv', tableToCsv(table()))}>CSV</button>
        </span>
      </figcaption>
      {refused && <p role="alert">This browser could not draw it as PNG: save it as SVG.</p>}
      {asTable && <DataTable table={table()} />}
      <div ref={figure} className={asTable ? styles.aside : undefined} aria-hidden={asTable} inert={asTable}>
        <div role={interactive ? 'group' : 'img'} aria-label={`${title}. ${description}`}>{children}</div>
      </div>
    </figure>
  );
}

const MAX_ROWS = 400;

function DataTable({ table }: { readonly table: ChartTable }): ReactElement {
  const rows = table.rows.slice(0, MAX_ROWS);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Data table">
      <table className={styles.table}>
        <thead>
          <tr>{table.columns.map((column, at) => <th key={at}>{column}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>{row.map((cell, column) => <td key={column} className={typeof cell === 'number' ? styles.number : undefined}>{typeof cell === 'number' ? Number(cell.toPrecision(5)) : cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > MAX_ROWS && <p>{table.rows.length - MAX_ROWS} more rows: in the CSV.</p>}
    </div>
  );
}
