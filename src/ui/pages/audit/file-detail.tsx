// One file, or one file inside another: what it is, what was made of its bytes, what was found in it, and the bytes.
import type { ReactElement } from 'react';
import { findingsAt, placeAt, type FilePlace } from '../../../state/file-places.ts';
import { pathOf } from '../../../state/finding-view.ts';
import { formatRoute } from '../../../state/route.ts';
import { useAudit, useSession } from '../../app-context.ts';
import { shownPath } from '../../../engine/core/shown.ts';
import { formatBytes, plural } from '../../format.ts';
import { SeverityGlyph } from '../../parts/icons.tsx';
import { BytesBrowser } from './bytes-browser.tsx';
import { Inspected } from './file-tree.tsx';
import styles from './file-detail.module.css';

const RANGES_SHOWN = 60;

export function FileDetail({ path, at }: { readonly path: string; readonly at: number | undefined }): ReactElement {
  const report = useAudit((state) => state.view.report);
  const findings = useAudit((state) => state.view.findings);
  const model = useSession((state) => state.model);
  const place = placeAt(report?.subject.files ?? model?.files ?? [], path);
  if (place === undefined) return <p className={styles.gone}>This address names a file that is not (or not yet) among those looked into.</p>;
  const here = findingsAt(findings, place);
  return (
    <article aria-label={path}>
      <Trail place={place} />
      <p className={styles.facts}>
        {place.format} · {formatBytes(place.bytes)}{place.bytes >= 1000 && ` (${place.bytes.toLocaleString('en-US').replaceAll(',', ' ')} bytes)`}
        {place.sha256 !== undefined && <> · sha-256 <span className="mono">{place.sha256}</span></>}
      </p>
      {place.inspection !== undefined && <div className={styles.status}><Inspected inspection={place.inspection} bytes={place.bytes} wide /></div>}
      <section className={styles.block} aria-label="Findings in this file">
        <h3>{here.length === 0 ? 'Nothing was found in it' : plural(here.length, 'finding')}</h3>
        <ul>
          {here.map((finding) => (
            <li key={finding.id} className={styles.finding}>
              <SeverityGlyph severity={finding.severity} size={12} />
              <a href={formatRoute({ page: 'audit', finding: finding.id })}>{finding.title}</a>
              {finding.location.offset !== undefined && <a className={styles.at} href={formatRoute({ page: 'audit', file: pathOf(finding) ?? path, at: finding.location.offset })}>@ 0x{finding.location.offset.toString(16)}</a>}
            </li>
          ))}
        </ul>
      </section>
      <BytesBrowser key={path} path={path} size={place.bytes} at={at} marks={here.flatMap((finding) => (pathOf(finding) === path && finding.location.offset !== undefined ? [finding.location.offset] : []))} />
      {place.inspection !== undefined && place.inspection.ranges.length > 0 && <Ranges place={place} />}
    </article>
  );
}

function Trail({ place: { path, root } }: { readonly place: FilePlace }): ReactElement {
  return (
    <h2 className={styles.trail}>
      <a href={formatRoute({ page: 'audit', coverage: true })}>Files</a> ›{' '}
      {root !== undefined && <><a href={formatRoute({ page: 'audit', file: root })}>{root}</a> › </>}
      {shownPath(root === undefined ? path : path.slice(root.length + 1))}
    </h2>
  );
}

function Ranges({ place: { path, inspection } }: { readonly place: FilePlace }): ReactElement {
  const ranges = inspection?.ranges ?? [];
  return (
    <section className={styles.block} aria-label="What was made of its bytes">
      <h3>What was made of its bytes</h3>
      <table className={styles.ranges}>
        <thead><tr><th>from</th><th>bytes</th><th>state</th><th>what they are</th></tr></thead>
        <tbody>
          {ranges.slice(0, RANGES_SHOWN).map(({ begin, end, state, what }) => (
            <tr key={begin}>
              <td><a href={formatRoute({ page: 'audit', file: path, at: begin })}>0x{begin.toString(16)}</a></td>
              <td>{formatBytes(end - begin)}</td>
              <td className={styles[state]}>{state === 'skipped' ? 'known and left' : state === 'opaque' ? 'not inspectable' : 'parsed'}</td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranges.length > RANGES_SHOWN && <p className={styles.more}>and {ranges.length - RANGES_SHOWN} more ranges</p>}
    </section>
  );
}
