// Every file and every file inside it: format by content, size, what was made of its bytes, and its hash. The bar shows the
// bytes in their order; words beside it say the same.
import { Fragment, useState, type ReactElement } from 'react';
import type { ReportFile, ReportInspection, ReportMember } from '../../../engine/report/report.ts';
import type { Finding, Severity } from '../../../engine/core/finding.ts';
import { gravestByPath } from '../../../state/file-places.ts';
import { formatRoute } from '../../../state/route.ts';
import { classes } from '../../class-names.ts';
import { formatBytes } from '../../format.ts';
import { FirstRows } from '../../parts/first-rows.tsx';
import { SeverityGlyph } from '../../parts/icons.tsx';
import { PathText } from '../../parts/path-text.tsx';
import styles from './file-tree.module.css';

const MEMBERS_SHOWN = 200;
const FILES_FIRST = 200;

export interface FileTreeProps {
  readonly files: readonly ReportFile[];
  readonly findings: readonly Finding[];
}

export function FileTree({ files, findings }: FileTreeProps): ReactElement {
  const gravest = gravestByPath(findings);
  return (
    <FirstRows items={files} first={FILES_FIRST}>{(shown) => <table className={styles.table}>
      <thead><tr><th>path</th><th title="told by the content, not by the name">format</th><th className={styles.right}>size</th><th>looked into</th><th>sha-256</th></tr></thead>
      <tbody>{shown.map((file) => <FileRows key={file.path} file={file} gravest={gravest} />)}</tbody>
    </table>}</FirstRows>
  );
}

function FileRows({ file, gravest }: { readonly file: ReportFile; readonly gravest: ReadonlyMap<string, Severity> }): ReactElement {
  const members = file.inspection?.members ?? [];
  // A few members are shown at once; so are those that nobody could look into.
  const [open, setOpen] = useState(members.length > 0 && members.length <= 12);
  const shown = open ? members.slice(0, MEMBERS_SHOWN) : [];
  const left = members.length - shown.length + (file.inspection?.membersLeftOut ?? 0);
  return (
    <>
      <tr>
        <td className={styles.path}>
          {members.length > 0 && <button className="plain" aria-expanded={open} aria-label={`${members.length} files inside ${file.path}`} onClick={() => setOpen(!open)}>{open ? '▾' : '▸'}</button>}
          <Found severity={gravest.get(file.path)} />
          <a href={formatRoute({ page: 'audit', file: file.path })}><PathText path={file.path} /></a>
        </td>
        <td>{file.format}</td>
        <td className={styles.right}>{formatBytes(file.bytes)}</td>
        <td>{file.inspection === undefined ? <span className={styles.aside}>after the audit</span> : <Inspected inspection={file.inspection} bytes={file.bytes} />}</td>
        <td className={styles.hash} title={file.sha256}>{file.sha256}</td>
      </tr>
      {shown.map((member, index) => <MemberRow key={index} member={member} root={file.path} severity={gravest.get(`${file.path}!${member.path}`)} />)}
      {open && left > 0 && <tr><td className={styles.member} colSpan={5}><span className={styles.aside}>and {left} more inside</span></td></tr>}
    </>
  );
}

function MemberRow({ member, root, severity }: { readonly member: ReportMember; readonly root: string; readonly severity: Severity | undefined }): ReactElement {
  const parts = member.path.split('!');
  return (
    <tr>
      <td className={styles.member} style={{ paddingLeft: `${14 + 14 * parts.length}px` }} title={member.path}><Found severity={severity} /><a href={formatRoute({ page: 'audit', file: `${root}!${member.path}` })}><PathText path={parts.at(-1) ?? ''} /></a></td>
      <td>{member.format}</td>
      <td className={styles.right}>{formatBytes(member.bytes)}</td>
      <td><Inspected inspection={member} bytes={member.bytes} /></td>
      <td />
    </tr>
  );
}

const WORDS = { inspected: '● inspected', partly: '◐ partly', 'not-inspected': '○ not inspected' } as const;

function Found({ severity }: { readonly severity: Severity | undefined }): ReactElement | null {
  return severity === undefined ? null : <span className={styles.found} title={`${severity}: something was found here`}><SeverityGlyph severity={severity} size={11} /></span>;
}

export interface InspectedProps {
  readonly inspection: Pick<ReportInspection, 'status' | 'reason' | 'ranges' | 'parsed' | 'skipped' | 'opaque'>;
  readonly bytes: number;
  /** With the shares in words beside the bar. */
  readonly wide?: boolean;
}

export function Inspected({ inspection, bytes, wide = false }: InspectedProps): ReactElement {
  const { status, reason, ranges, parsed, skipped, opaque } = inspection;
  const text = `${formatBytes(parsed)} parsed, ${formatBytes(skipped)} known and left, ${formatBytes(opaque)} not inspectable`;
  return (
    <>
      <span className={styles[status === 'not-inspected' ? 'not' : status]}>{WORDS[status]}</span>
      {bytes > 0 && (
        <span className={classes(styles.bar, wide && styles.wide)} role="img" aria-label={text} title={text}>
          {ranges.map(({ begin, end, state, what }, index) => (
            <Fragment key={index}><span className={styles[state]} style={{ flexGrow: (end - begin) / bytes }} title={`${state === 'skipped' ? 'known and left' : state === 'opaque' ? 'not inspectable' : state}: ${what} (bytes ${begin} to ${end})`} /></Fragment>
          ))}
        </span>
      )}
      {wide && bytes > 0 && <p className={styles.shares}>{text}</p>}
      {reason !== undefined && <p className={styles.reason}>{reason}</p>}
    </>
  );
}
