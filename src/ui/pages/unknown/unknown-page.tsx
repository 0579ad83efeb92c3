// An address that names no page: what was asked for, and the ways on.
import type { ReactElement } from 'react';
import { shown } from '../../../engine/core/shown.ts';
import { formatRoute } from '../../../state/route.ts';
import { useApp } from '../../app-context.ts';
import { PAGE_TITLES, PAGES } from '../../shell/page-titles.ts';
import styles from './unknown-page.module.css';

export function UnknownPage({ address }: { readonly address: string }): ReactElement {
  const { navigation } = useApp();
  return (
    <div className={styles.page} role="alert">
      <h1>There is no such page</h1>
      <p>The address asks for <code className="mono">{shown(address)}</code>. It may be mistyped, or come from another version of Assay. What is open stays open.</p>
      <p><button className="primary" onClick={() => navigation.getState().go({ page: 'audit' })}>To the audit</button></p>
      <ul className={styles.ways}>
        {PAGES.filter((page) => page !== 'audit').map((page) => <li key={page}><a href={formatRoute({ page })}>{PAGE_TITLES[page]}</a></li>)}
      </ul>
    </div>
  );
}
