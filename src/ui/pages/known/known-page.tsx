// What is known beforehand: entries that ship with Assay and the user's own files (digests, triggers, graphs; accepted findings;
// trusted keys), each with where it comes from.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { SHIPPED_SIGNATURES } from '../../../engine/rules/signatures/shipped.ts';
import type { SignatureEntry } from '../../../engine/rules/signatures/signature-set.ts';
import { exportSignatures, type KnownFile } from '../../../state/knowledge.ts';
import { useApp } from '../../app-context.ts';
import { download } from '../../download.ts';
import { plural, shortHash } from '../../format.ts';
import { FirstRows } from '../../parts/first-rows.tsx';
import { pickKnown } from '../../pick-files.ts';
import styles from './known-page.module.css';

const FIRST = 12;

export function KnownPage(): ReactElement {
  const app = useApp();
  const { files, kept } = useStore(app.knowledge, (state) => state);
  const own = files.some(({ kind }) => kind === 'signatures');
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Known &amp; accepted</h1>
        <span>{kept ? 'kept in this browser' : 'not kept: it counts until this tab is closed'}</span>
        <span className={styles.actions}>
          {own && <button onClick={() => download('assay-signatures.json', 'application/json', exportSignatures(files))}>Export own entries</button>}
          <button className="primary" onClick={() => void pickKnown(app)}>Import…</button>
        </span>
      </div>
      <p className={styles.about}>A list of known files, tensors, templates, trigger phrases or graph patterns (<code>assay-signatures/1</code>), findings that you accept for a reason and until a day (<code>assay-allow/1</code>), or keys and root certificates that you trust (PEM). They count for what is open at once, and for everything opened later. An accepted finding stays in the list and in the report.</p>
      {files.map((file) => <Own key={file.name} file={file} onRemove={() => app.forgetKnown(file.name)} />)}
      <section aria-label="Ships with Assay">
        <h2>Ships with Assay <span>{plural(SHIPPED_SIGNATURES.length, 'entry', 'entries')}</span></h2>
        <Entries entries={SHIPPED_SIGNATURES} />
      </section>
    </div>
  );
}

function Own({ file, onRemove }: { readonly file: KnownFile; readonly onRemove: () => void }): ReactElement {
  return (
    <section aria-label={file.name}>
      <h2>{file.name} <span>{countOf(file)}</span> <button className="plain" onClick={onRemove} aria-label={`Remove ${file.name}`}>remove</button></h2>
      {file.kind === 'signatures' && <Entries entries={file.signatures} />}
      {file.kind === 'allowed' && (
        <FirstRows items={file.allowed} first={FIRST}>{(shown) => <table className={styles.table}>
          <thead><tr><th>rule</th><th>file</th><th>until</th><th>reason</th></tr></thead>
          <tbody>{shown.map(({ rule, file: path, finding, expires, reason }, i) => <tr key={i}><td className="mono">{rule}</td><td>{finding ?? path ?? 'any'}</td><td>{expires}</td><td>{reason}</td></tr>)}</tbody>
        </table>}</FirstRows>
      )}
      {file.kind === 'trusted' && (
        <FirstRows items={file.trusted} first={FIRST}>{(shown) => <table className={styles.table}>
          <thead><tr><th>kind</th><th>size</th></tr></thead>
          <tbody>{shown.map(({ kind, der }, i) => <tr key={i}><td>{kind === 'key' ? 'public key' : 'root certificate'}</td><td>{der.byteLength} bytes</td></tr>)}</tbody>
        </table>}</FirstRows>
      )}
    </section>
  );
}

function countOf(file: KnownFile): string {
  if (file.kind === 'signatures') return plural(file.signatures.length, 'entry', 'entries');
  return file.kind === 'allowed' ? plural(file.allowed.length, 'accepted finding') : plural(file.trusted.length, 'trusted key');
}

function Entries({ entries }: { readonly entries: readonly SignatureEntry[] }): ReactElement {
  return (
    <FirstRows items={entries} first={FIRST}>
      {(shown) => <table className={styles.table}>
        <thead><tr><th>verdict</th><th>kind</th><th>name</th><th>what</th><th>known from</th></tr></thead>
        <tbody>
          {shown.map((entry, i) => (
            <tr key={i}>
              <td className={entry.verdict === 'bad' ? styles.bad : styles.good}>{entry.verdict}</td>
              <td className={styles.short}>{entry.kind}</td>
              <td>{entry.name}</td>
              <td className={styles.what}>{entry.kind === 'trigger' ? <mark className="token">{entry.text}</mark> : entry.kind === 'graph' ? entry.operators.join(' → ') : <span className={styles.short} title={entry.sha256}>{shortHash(entry.sha256)}</span>}</td>
              <td>{entry.source}</td>
            </tr>
          ))}
        </tbody>
      </table>}
    </FirstRows>
  );
}
