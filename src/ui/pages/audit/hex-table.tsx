// Bytes as a table: sixteen a row, offset before and text behind; marked ones stand out.
import type { ReactElement } from 'react';
import { classes } from '../../class-names.ts';
import styles from './hex-table.module.css';

const ROW = 16;

export interface HexTableProps {
  readonly bytes: Uint8Array;
  /** Offset of the first byte in its file. */
  readonly begin: number;
  readonly marked: ReadonlySet<number>;
}

export function HexTable({ bytes, begin, marked }: HexTableProps): ReactElement {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => bytes.subarray(row * ROW, (row + 1) * ROW));
  return (
    <table className={styles.hex}>
      <tbody>
        {rows.map((row, i) => {
          const first = begin + i * ROW;
          return (
            <tr key={first}>
              <th scope="row">{first.toString(16).padStart(8, '0')}</th>
              {Array.from({ length: ROW }, (_, k) => (
                <td key={k} className={classes(marked.has(first + k) && styles.at, k === ROW / 2 && styles.half)} data-marked={marked.has(first + k) ? 'true' : undefined}>{row[k]?.toString(16).padStart(2, '0') ?? ''}</td>
              ))}
              <td className={styles.text}>{[...row].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
