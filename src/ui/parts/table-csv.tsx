// "CSV" beside a table.
import type { ReactElement } from 'react';
import { tableToCsv, type ChartTable } from '../../charts/frame/csv.ts';
import { download, fileName } from '../download.ts';

export function DataTableCsv({ name, columns, rows }: ChartTable & { readonly name: string }): ReactElement {
  return <button className="plain" onClick={() => download(`${fileName(name)}.csv`, 'text/csv', tableToCsv({ columns, rows }))}>CSV</button>;
}
