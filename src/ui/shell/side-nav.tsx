// Left navigation: the workbench, the library and the samples.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { formatRoute, type PageName } from '../../state/route.ts';
import { useApp, useAudit, useFingerprints, useHistory, useNavigation, useSession } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { PAGE_TITLES } from './page-titles.ts';
import styles from './side-nav.module.css';

export function SideNav(): ReactElement {
  const app = useApp();
  const page = useNavigation((state) => state.route.page);
  const findings = useAudit((state) => state.view.findings.filter(({ severity }) => severity !== 'info').length);
  const alerts = useStore(app.monitor, (state) => state.view?.report.alerts.filter(({ state: at }) => at === 'open').length ?? 0);
  const reports = useHistory((state) => state.reports.length);
  const flagged = useFingerprints((state) => state.analysis?.models.filter(({ role, tier }) => role === 'candidate' && tier === 'high').length);
  const known = useStore(app.knowledge, (state) => state.files.length);
  const samples = useSession((state) => state.samples);
  const opened = useSession((state) => (state.input?.kind === 'sample' ? state.input.sample.id : undefined));
  const entry = (name: PageName, count?: number): ReactElement => (
    <a href={formatRoute({ page: name })} className={classes(styles.entry, page === name && styles.on)} aria-current={page === name ? 'page' : undefined}>
      {PAGE_TITLES[name]}
      {count !== undefined && count > 0 && <span>{count}</span>}
    </a>
  );
  return (
    <nav className={styles.nav} aria-label="Pages">
      <h2>Workbench</h2>
      {entry('audit', findings)}
      {entry('attention')}
      {entry('playground')}
      {entry('fingerprints', flagged)}
      {entry('monitor', alerts)}
      <h2>Library</h2>
      {entry('history', reports)}
      {entry('known', known)}
      {samples.length > 0 && <h2>Samples</h2>}
      {samples.map((sample) => (
        <button key={sample.id} className={classes(styles.entry, styles.sample)} title={sample.description} onClick={() => void app.open({ kind: 'sample', sample })}>
          {sample.title}
          {opened === sample.id && <span aria-label="open">●</span>}
        </button>
      ))}
    </nav>
  );
}
