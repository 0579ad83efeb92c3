// Left navigation: the workbench, the library and the samples.
import type { MouseEvent, ReactElement } from 'react';
import { useStore } from 'zustand';
import { formatRoute, type PageName } from '../../state/route.ts';
import { useApp, useAudit, useFingerprints, useHistory, useNavigation, useSession } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { LIBRARY, PAGE_TITLES, shortcutOf, WORKBENCH, type PAGES } from './page-titles.ts';
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
  const counts: Partial<Record<PageName, number | undefined>> = { audit: findings, fingerprints: flagged, monitor: alerts, history: reports, known };
  const visit = (event: MouseEvent, name: (typeof PAGES)[number]): void => {
    // With a key held down the browser opens a tab of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    app.visit(name);
  };
  const entry = (name: (typeof PAGES)[number]): ReactElement => {
    const count = counts[name] ?? 0;
    return (
      <a key={name} href={formatRoute({ page: name })} className={classes(styles.entry, styles.page, page === name && styles.on)} aria-current={page === name ? 'page' : undefined} aria-keyshortcuts={shortcutOf(name)} onClick={(event) => visit(event, name)}>
        <kbd className={styles.key} aria-hidden="true">{shortcutOf(name)}</kbd>
        {PAGE_TITLES[name]}
        {count > 0 && <span className={styles.count}>{count}</span>}
      </a>
    );
  };
  return (
    <nav className={styles.nav} aria-label="Pages">
      <h2>Workbench</h2>
      {WORKBENCH.map(entry)}
      <h2>Library</h2>
      {LIBRARY.map(entry)}
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
