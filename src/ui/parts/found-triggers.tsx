// The triggers that the open audit found, one click from being looked at by hand.
import type { ReactElement } from 'react';
import { hasPhrase } from '../../state/finding-view.ts';
import { payloadOf, quote } from '../../state/reasons.ts';
import { useApp, useAudit } from '../app-context.ts';
import styles from './found-triggers.module.css';

/** Weaker ones are left to the audit page. */
const SHOWN = 3;

export function FoundTriggers({ page }: { readonly page: 'attention' | 'playground' }): ReactElement | null {
  const app = useApp();
  const findings = useAudit((state) => state.view.findings);
  const found = findings.filter((finding) => hasPhrase(finding) && finding.severity !== 'info').slice(0, SHOWN);
  if (found.length === 0) return null;
  return (
    <div className={styles.found}>
      <span>From the audit:</span>
      {found.map((finding) => {
        const payload = payloadOf(finding);
        return (
          <button key={finding.id} onClick={() => app.insertFound(page, finding)}>
            <mark className="token">{quote(finding.trigger?.value ?? '')}</mark>
            {payload !== undefined && <> → <span className="payload">{quote(payload)}</span></>}
          </button>
        );
      })}
    </div>
  );
}
