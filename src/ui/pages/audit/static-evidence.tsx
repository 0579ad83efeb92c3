// Evidence out of the files themselves: bytes at their offset, the instructions around a call, header fields.
import type { ReactElement, ReactNode } from 'react';
import type { DisassemblyLine, Evidence, FieldRow } from '../../../engine/core/finding.ts';
import styles from './static-evidence.module.css';

type Of<Kind extends Evidence['kind']> = Extract<Evidence, { readonly kind: Kind }>;

const ROW = 16;

/** Sixteen bytes a row, offset before and text behind. `at`: the byte that the finding points at. */
export function HexView({ evidence, at }: { readonly evidence: Of<'bytes'>; readonly at: number | undefined }): ReactElement {
  const bytes = (evidence.hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => bytes.slice(row * ROW, (row + 1) * ROW));
  return (
    <Piece title={evidence.title} aside={`${evidence.file} @ 0x${evidence.offset.toString(16)}`}>
      <table className={styles.hex}>
        <tbody>
          {rows.map((row, i) => {
            const begin = evidence.offset + i * ROW;
            return (
              <tr key={i}>
                <th scope="row">{begin.toString(16).padStart(8, '0')}</th>
                {Array.from({ length: ROW }, (_, k) => <td key={k} className={begin + k === at ? styles.at : k === ROW / 2 ? styles.half : undefined}>{row[k]?.toString(16).padStart(2, '0') ?? ''}</td>)}
                <td className={styles.text}>{row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Piece>
  );
}

export function Disassembly({ evidence }: { readonly evidence: Of<'disassembly'> }): ReactElement {
  return (
    <Piece title={evidence.title} aside={evidence.file}>
      <table className={styles.code}>
        <thead><tr><th>offset</th><th>instruction</th><th>argument</th></tr></thead>
        <tbody>{evidence.lines.map((line, i) => <Instruction key={i} line={line} />)}</tbody>
      </table>
    </Piece>
  );
}

function Instruction({ line: { offset, instruction, argument, marked, note } }: { readonly line: DisassemblyLine }): ReactElement {
  return (
    <tr className={marked === true ? styles.marked : undefined}>
      <td>{marked === true ? '▶ ' : ''}{offset}</td>
      <td>{instruction}</td>
      <td>{argument}{note !== undefined && <span className={styles.note}> {note}</span>}</td>
    </tr>
  );
}

export function HeaderFields({ evidence }: { readonly evidence: Of<'fields'> }): ReactElement {
  return (
    <Piece title={evidence.title}>
      <table className={styles.code}>
        <thead><tr><th>field</th><th>expected</th><th>found</th></tr></thead>
        <tbody>
          {evidence.rows.map(({ field, offset, expected, found }: FieldRow, i) => (
            <tr key={i}><td>{field}{offset !== undefined && <span className={styles.note}> @ 0x{offset.toString(16)}</span>}</td><td>{expected}</td><td>{found}</td></tr>
          ))}
        </tbody>
      </table>
    </Piece>
  );
}

function Piece({ title, aside, children }: { readonly title: string; readonly aside?: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={styles.piece}>
      <h3>{title}{aside !== undefined && <span className={styles.aside}> {aside}</span>}</h3>
      <div className={styles.scroll}>{children}</div>
    </section>
  );
}
