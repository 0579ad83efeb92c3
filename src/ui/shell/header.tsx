// Logo, where one is, what runs and why, export and open.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { RuntimeEnvironment } from '../../engine/runtime/session.ts';
import { nameOf } from '../../state/session.ts';
import { THEMES, type Theme } from '../../state/theme.ts';
import { useApp, useAttention, useAudit, useFingerprints, useNavigation, useSession } from '../app-context.ts';
import { classes } from '../class-names.ts';
import { exportReportAs } from '../export-report.ts';
import { Logo } from '../parts/icons.tsx';
import { Menu } from '../parts/menu.tsx';
import { pickFiles, pickFolder } from '../pick-files.ts';
import styles from './header.module.css';
import type { Overlay } from './overlay.ts';
import { PAGE_TITLES } from './page-titles.ts';

export function Header({ show }: { readonly show: (overlay: Overlay) => void }): ReactElement {
  const app = useApp();
  const report = useAudit((state) => state.view.report);
  const theme = useStore(app.theme, (state) => state.theme);
  return (
    <header className={styles.header}>
      <a className={styles.logo} href="#/audit" aria-label="Assay, to the audit">
        <Logo />
        Assay
      </a>
      <Crumb />
      <div className={styles.tools}>
        <span className={styles.chip} title="The model is read and run in this tab. The page’s policy forbids any request to another host; unplug the network and it still works.">
          <i className={styles.dot} aria-hidden="true" />
          <span className={styles.long}>offline · nothing leaves this tab</span>
          <span className={styles.short}>offline</span>
        </span>
        <BackendChip />
        <Menu
          name="Theme"
          className="plain"
          label={<ThemeGlyph theme={theme} />}
          items={THEMES.map((name) => ({ id: name, label: name === 'system' ? 'As the system' : name === 'dark' ? 'Dark' : 'Light', enabled: true, checked: theme === name, run: () => app.theme.getState().setTheme(name) }))}
        />
        <Menu
          name="Export the report"
          label="Export"
          disabled={report === undefined}
          items={[
            { id: 'json', label: 'JSON', hint: 'assay-report/1, for scripts; opens here again', enabled: true, run: () => exportReportAs(app, 'json') },
            { id: 'sarif', label: 'SARIF', hint: '2.1.0, for code-scanning tools', enabled: true, run: () => exportReportAs(app, 'sarif') },
            { id: 'html', label: 'HTML', hint: 'one file to read or to print', enabled: true, run: () => exportReportAs(app, 'html') },
          ]}
        />
        <Menu
          name="Open model"
          className="primary"
          label="Open model"
          items={[
            { id: 'files', label: 'Files…', hint: 'any model file, with what lies beside it; or a report', enabled: true, run: () => void pickFiles(app) },
            { id: 'folder', label: 'Folder…', hint: 'a model folder, or a whole download', enabled: true, run: () => void pickFolder(app) },
          ]}
        />
        <button className="plain" onClick={() => show('palette')} aria-label="Command palette" title="Command palette">
          <kbd>Ctrl K</kbd>
        </button>
      </div>
    </header>
  );
}

function Crumb(): ReactElement {
  const route = useNavigation((state) => state.route);
  const subject = useSession((state) => state.model?.name ?? (state.input === undefined ? undefined : nameOf(state.input)));
  const report = useAudit((state) => state.view.report?.subject.name);
  const findings = useAudit((state) => state.view.findings);
  const set = useFingerprints(({ reference }) => (reference === undefined ? undefined : `${reference.name} (${reference.models.length} clean)`));
  const shownTrigger = useAttention((state) => state.shown?.trigger);
  const name = route.page === 'history' || route.page === 'gallery' ? undefined : route.page === 'fingerprints' ? set : (subject ?? report);
  const finding = 'finding' in route && route.finding !== undefined ? findings.find(({ id }) => id === route.finding) : undefined;
  const last = route.page === 'attention' ? (shownTrigger === '' ? undefined : shownTrigger) : (finding?.trigger?.value ?? finding?.title);
  return (
    <nav className={styles.crumb} aria-label="Where you are">
      {PAGE_TITLES[route.page]}
      {name !== undefined && <> / <b>{name}</b></>}
      {last !== undefined && name !== undefined && <> / {last}</>}
    </nav>
  );
}

function BackendChip(): ReactElement {
  const environment = useSession((state) => state.environment);
  const failure = useSession((state) => state.environmentFailure);
  if (environment === undefined) {
    const why = failure?.kind === 'error' ? failure.message : 'Asking the browser what it can run.';
    return <span className={styles.chip} title={why}>{failure === undefined ? 'checking…' : 'no runtime'}</span>;
  }
  const slow = environment.backend === 'wasm' && environment.threads === 1;
  return (
    <span className={classes(styles.chip, styles.backend, slow && styles.warn)} tabIndex={0} aria-describedby="backend-why">
      {backendLabel(environment)}
      <span className={styles.tip} role="tooltip" id="backend-why">
        <b>{backendLabel(environment)}</b> on {environment.adapter}
        <br />
        {environment.why}
      </span>
    </span>
  );
}

export function backendLabel({ backend, threads }: Pick<RuntimeEnvironment, 'backend' | 'threads'>): string {
  if (backend === 'webgpu') return 'WebGPU';
  if (backend === 'cuda') return 'CUDA';
  return `${backend === 'wasm' ? 'WASM' : 'CPU'} · ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

function ThemeGlyph({ theme }: { readonly theme: Theme }): ReactElement {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" style={{ display: 'block', margin: '2px 0' }}>
      <circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.3" />
      {theme !== 'light' && <path d={theme === 'dark' ? 'M7 1.4a5.6 5.6 0 0 1 0 11.2a5.6 5.6 0 0 1 0-11.2' : 'M7 1.4a5.6 5.6 0 0 1 0 11.2z'} fill="currentColor" />}
    </svg>
  );
}
