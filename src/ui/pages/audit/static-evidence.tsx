// Evidence out of the files themselves: bytes at their offset, the instructions around a call, header fields.
import type { ReactElement, ReactNode } from 'react';
import type { DisassemblyLine, Evidence, FieldRow } from '../../../engine/core/finding.ts';
import { shownPath } from '../../../engine/core/shown.ts';
import { WholeNumbers } from '../../parts/whole-numbers.tsx';
import { HexTable } from './hex-table.tsx';
import styles from './static-evidence.module.css';

type Of<Kind extends Evidence['kind']> = Extract<Evidence, { readonly kind: Kind }>;

/** `at`: the byte that the finding points at. */
export function HexView({ evidence, at }: { readonly evidence: Of<'bytes'>; readonly at: number | undefined }): ReactElement {
  const bytes = Uint8Array.from(evidence.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return (
    <Piece title={evidence.title} aside={`${shownPath(evidence.file)} @ 0x${evidence.offset.toString(16)}`}>
      <HexTable bytes={bytes} begin={evidence.offset} marked={new Set(at === undefined ? [] : [at])} />
    </Piece>
  );
}

export function Disassembly({ evidence }: { readonly evidence: Of<'disassembly'> }): ReactElement {
  return (
    <Piece title={evidence.title} aside={shownPath(evidence.file)}>
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
      <td>{marked === true ? '▶ ' : ''}0x{offset.toString(16)}</td>
      <td>{instruction}</td>
      <td><WholeNumbers text={argument} />{note !== undefined && <span className={styles.note}> {note}</span>}</td>
    </tr>
  );
}

export function HeaderFields({ evidence }: { readonly evidence: Of<'fields'> }): ReactElement {
  const compared = evidence.rows.some(({ expected }) => expected !== undefined);
  return (
    <Piece title={evidence.title}>
      <table className={styles.code}>
        <thead><tr><th>field</th>{compared && <th>expected</th>}<th>found</th></tr></thead>
        <tbody>
          {evidence.rows.map(({ field, offset, expected, found }: FieldRow, i) => (
            <tr key={i}><td>{field}{offset !== undefined && <span className={styles.note}> @ 0x{offset.toString(16)}</span>}</td>{compared && <td>{expected !== undefined && <WholeNumbers text={expected} />}</td>}<td><WholeNumbers text={found} /></td></tr>
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
