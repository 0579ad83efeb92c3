// The page's frame: header, navigation, the page of the route, footer; hotkeys and drops of the whole window.
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { belongsToField, matchesHotkey } from '../state/commands.ts';
import type { Route } from '../state/route.ts';
import { percentDone } from '../state/audit-reducer.ts';
import { useApp, useAudit, useNavigation, useSession } from './app-context.ts';
import { commandsOf } from './commands.ts';
import { AttentionPage } from './pages/attention/attention-page.tsx';
import { AuditPage } from './pages/audit/audit-page.tsx';
import { FingerprintsPage } from './pages/fingerprints/fingerprints-page.tsx';
import { GalleryPage } from './pages/gallery/gallery-page.tsx';
import { HistoryPage } from './pages/history/history-page.tsx';
import { KnownPage } from './pages/known/known-page.tsx';
import { MonitorPage } from './pages/monitor/monitor-page.tsx';
import { PlaygroundPage } from './pages/playground/playground-page.tsx';
import { UnknownPage } from './pages/unknown/unknown-page.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { Footer } from './shell/footer.tsx';
import { Header } from './shell/header.tsx';
import { Help } from './shell/help.tsx';
import { Messages } from './shell/messages.tsx';
import type { Overlay } from './shell/overlay.ts';
import { PAGE_TITLES } from './shell/page-titles.ts';
import { Palette } from './shell/palette.tsx';
import { QuestionDialog } from './shell/question.tsx';
import { SideNav } from './shell/side-nav.tsx';
import { Toasts } from './shell/toasts.tsx';
import { useWindowDrop } from './shell/use-window-drop.ts';
import styles from './app.module.css';

export function Shell(): ReactElement {
  const app = useApp();
  const [overlay, show] = useState<Overlay>('none');
  const route = useNavigation((state) => state.route);
  const samples = useSession((state) => state.samples);
  const theme = useStore(app.theme, (state) => state.theme);
  const commands = useMemo(() => commandsOf(app, show), [app, samples]);
  const dropping = useWindowDrop();

  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);

  const progress = useAudit(({ view }) => (view.status === 'running' ? (percentDone(view) ?? 'running') : view.status));
  useEffect(() => {
    const state = typeof progress === 'number' ? `${progress} % · ` : progress === 'paused' || progress === 'running' ? `${progress} · ` : '';
    document.title = `${state}${PAGE_TITLES[route.page]} · Assay`;
  }, [route.page, progress]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      if (event.target instanceof HTMLElement && belongsToField(event, event.target)) return;
      const command = commands.find((candidate) => candidate.hotkey !== undefined && matchesHotkey(candidate.hotkey, event) && candidate.enabled());
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [commands]);

  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the page</a>
      <Header show={show} />
      <SideNav />
      <main className={styles.main} id="main" tabIndex={-1} aria-label={PAGE_TITLES[route.page]}>
        <ErrorBoundary name={PAGE_TITLES[route.page]} resetKey={route.page}>
          <Page route={route} />
        </ErrorBoundary>
      </main>
      <Footer show={show} />
      <Toasts />
      <QuestionDialog />
      {overlay === 'palette' && <Palette commands={commands} onClose={() => show('none')} />}
      {overlay === 'help' && <Help commands={commands} onClose={() => show('none')} />}
      {overlay === 'messages' && <Messages onClose={() => show('none')} />}
      {dropping && <div className={styles.drop} aria-hidden="true"><b>Drop to open</b><span>{route.page === 'monitor' ? 'a baseline or a prediction log' : 'a model folder, its files, or an Assay report'}</span></div>}
    </div>
  );
}

function Page({ route }: { readonly route: Route }): ReactElement {
  switch (route.page) {
    case 'audit':
      return <AuditPage route={route} />;
    case 'attention':
      return <AttentionPage />;
    case 'playground':
      return <PlaygroundPage />;
    case 'fingerprints':
      return <FingerprintsPage />;
    case 'monitor':
      return <MonitorPage alert={route.alert} />;
    case 'history':
      return <HistoryPage />;
    case 'known':
      return <KnownPage />;
    case 'gallery':
      return <GalleryPage specimen={route.specimen} />;
    case 'unknown':
      return <UnknownPage address={route.address} />;
  }
}
