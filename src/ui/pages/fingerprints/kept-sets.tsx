// The reference sets that this browser keeps: open, compare with the open one, remove.
import type { ReactElement } from 'react';
import { useApp, useFingerprints } from '../../app-context.ts';
import { formatBytes, formatWhen } from '../../format.ts';
import styles from './kept-sets.module.css';

export function KeptSets({ onOpen }: { readonly onOpen?: () => void }): ReactElement {
  const app = useApp();
  const lab = app.fingerprints.getState;
  const kept = useFingerprints((state) => state.kept);
  const hasSet = useFingerprints((state) => state.reference !== undefined);
  const busy = useFingerprints((state) => state.busy !== undefined);
  if (kept.length === 0) return <p className={styles.none}>No set is kept in this browser yet.</p>;
  return (
    <table className={styles.sets}>
      <thead><tr><th>set</th><th className={styles.right}>version</th><th className={styles.right}>clean models</th><th className={styles.right}>size</th><th>kept</th><th /></tr></thead>
      <tbody>
        {kept.map(({ key, name, version, models, bytes, savedAt }) => (
          <tr key={key}>
            <td><b>{name}</b></td>
            <td className={styles.right}>{version}</td>
            <td className={styles.right}>{models}</td>
            <td className={styles.right}>{formatBytes(bytes)}</td>
            <td>{formatWhen(savedAt)}</td>
            <td className={styles.actions}>
              <button disabled={busy} aria-label={`Open ${key}`} onClick={() => { onOpen?.(); void lab().openKept(key); }}>Open</button>
              {hasSet && <button aria-label={`Compare with ${key}`} onClick={() => { onOpen?.(); void lab().diffKept(key); }}>Compare</button>}
              <button className="plain" aria-label={`Remove ${key}`} title="Remove from this browser" onClick={() => void lab().removeKept(key)}>✕</button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
