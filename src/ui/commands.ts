// The commands: one list for palette, menus, shortcuts and help.
import { BUDGETS } from '../engine/core/finding.ts';
import type { App } from '../state/app.ts';
import type { Command } from '../state/commands.ts';
import { THEMES } from '../state/theme.ts';
import { canExport, exportReportAs } from './export-report.ts';
import { pickFiles, pickFolder, pickKnown, pickOther } from './pick-files.ts';
import type { Overlay } from './shell/overlay.ts';
import { PAGE_TITLES, PAGES, shortcutOf } from './shell/page-titles.ts';

export function commandsOf(app: App, show: (overlay: Overlay) => void): Command[] {
  const { navigation, audit, session, attention, theme } = app;
  const status = (): string => audit.getState().view.status;
  const onAttention = (): boolean => navigation.getState().route.page === 'attention' && attention.getState().views.length > 0;
  const busy = (): boolean => ['running', 'paused'].includes(status());
  const isOpen = (): boolean => session.getState().phase === 'open';
  return [
    { id: 'open-files', group: 'Model', label: 'Open model files…', hotkey: 'o', enabled: always, run: () => void pickFiles(app) },
    { id: 'open-folder', group: 'Model', label: 'Open model folder…', hotkey: 'shift+o', enabled: always, run: () => void pickFolder(app) },
    { id: 'compare-files', group: 'Model', label: 'Compare with other files…', enabled: () => isOpen() && !busy(), run: () => void pickOther(app, false) },
    { id: 'compare-folder', group: 'Model', label: 'Compare with another folder…', enabled: () => isOpen() && !busy(), run: () => void pickOther(app, true) },
    { id: 'close', group: 'Model', label: 'Close model', enabled: isOpen, run: () => void app.closeModel() },
    ...session.getState().samples.map((sample) => ({
      id: `sample-${sample.id}`, group: 'Sample', label: sample.title, enabled: always, run: () => void app.open({ kind: 'sample', sample }),
    })),

    { id: 'start', group: 'Audit', label: 'Start audit', hotkey: 'mod+enter', enabled: () => isOpen() && session.getState().model?.notRunnable === undefined && !busy(), run: () => void app.startAudit() },
    { id: 'resume-interrupted', group: 'Audit', label: 'Go on with the interrupted audit', enabled: () => session.getState().model?.resumable !== undefined && session.getState().inputs === undefined && !busy(), run: () => void app.startAudit({ resume: true }) },
    { id: 'pause', group: 'Audit', label: 'Pause', hotkey: 'p', enabled: () => status() === 'running' && audit.getState().view.scope === 'all', run: () => void audit.getState().pause() },
    { id: 'unpause', group: 'Audit', label: 'Go on', hotkey: 'p', enabled: () => status() === 'paused', run: () => void audit.getState().unpause() },
    { id: 'cancel', group: 'Audit', label: 'Cancel', hotkey: 'mod+.', enabled: () => busy() || session.getState().phase === 'opening', run: () => void audit.getState().cancel() },
    ...BUDGETS.map((budget) => ({ id: `budget-${budget}`, group: 'Audit', label: `Budget: ${budget}`, enabled: () => !busy(), run: () => audit.getState().choose({ budget }) })),
    { id: 'next-finding', group: 'Audit', label: 'Next suspicion', hotkey: 'j', enabled: () => hasFindings(app), run: () => stepFinding(app, 1) },
    { id: 'previous-finding', group: 'Audit', label: 'Previous suspicion', hotkey: 'k', enabled: () => hasFindings(app), run: () => stepFinding(app, -1) },

    ...PAGES.map((page) => ({ id: `go-${page}`, group: 'Go to', label: PAGE_TITLES[page], hotkey: shortcutOf(page), enabled: always, run: () => app.visit(page) })),
    { id: 'import-known', group: 'Model', label: 'Import known digests, accepted findings or trusted keys…', enabled: always, run: () => void pickKnown(app) },
    { id: 'go-gallery', group: 'Go to', label: 'Chart gallery', enabled: always, run: () => navigation.getState().go({ page: 'gallery' }) },

    { id: 'layer-previous', group: 'Attention', label: 'Previous layer', hotkey: '[', enabled: onAttention, run: () => attention.getState().stepLayer(-1) },
    { id: 'layer-next', group: 'Attention', label: 'Next layer', hotkey: ']', enabled: onAttention, run: () => attention.getState().stepLayer(1) },
    { id: 'head-previous', group: 'Attention', label: 'Previous head', hotkey: ',', enabled: onAttention, run: () => attention.getState().stepHead(-1) },
    { id: 'head-next', group: 'Attention', label: 'Next head', hotkey: '.', enabled: onAttention, run: () => attention.getState().stepHead(1) },
    { id: 'mean', group: 'Attention', label: 'Mean of all layers and heads', hotkey: 'm', enabled: onAttention, run: () => attention.getState().pick('mean', 'mean') },
    { id: 'difference', group: 'Attention', label: 'Weights, or what the trigger changed', hotkey: 'd', enabled: () => onAttention() && attention.getState().views.length > 1, run: () => attention.getState().toggleDifference() },
    { id: 'sinks', group: 'Attention', label: 'Hide or show the sink (first token)', hotkey: 's', enabled: onAttention, run: () => attention.getState().toggleSinks() },

    { id: 'export-json', group: 'Export', label: 'Report as JSON', hotkey: 'mod+s', enabled: () => canExport(app), run: () => exportReportAs(app, 'json') },
    { id: 'export-sarif', group: 'Export', label: 'Report as SARIF', enabled: () => canExport(app), run: () => exportReportAs(app, 'sarif') },
    { id: 'export-html', group: 'Export', label: 'Report as HTML', enabled: () => canExport(app), run: () => exportReportAs(app, 'html') },

    ...THEMES.map((name) => ({ id: `theme-${name}`, group: 'Look', label: name === 'system' ? 'Light or dark as the system says' : `${name === 'dark' ? 'Dark' : 'Light'} theme`, enabled: always, run: () => theme.getState().setTheme(name) })),
    { id: 'palette', group: 'Help', label: 'Command palette', hotkey: 'mod+k', enabled: always, run: () => show('palette') },
    { id: 'help', group: 'Help', label: 'Keyboard shortcuts', hotkey: '?', enabled: always, run: () => show('help') },
    { id: 'messages', group: 'Help', label: 'Messages and errors of this visit', hotkey: 'n', enabled: always, run: () => show('messages') },
    { id: 'release', group: 'Help', label: 'Release what is locked', hotkey: 'escape', enabled: always, run: () => release(app) },
  ];
}

function always(): boolean {
  return true;
}

function hasFindings(app: App): boolean {
  return app.audit.getState().view.findings.length > 0 && app.navigation.getState().route.page === 'audit';
}

function stepFinding(app: App, by: number): void {
  const { findings } = app.audit.getState().view;
  const { route, go } = app.navigation.getState();
  const at = route.page === 'audit' ? findings.findIndex(({ id }) => id === route.finding) : -1;
  const next = findings[at < 0 ? (by > 0 ? 0 : findings.length - 1) : Math.max(0, Math.min(findings.length - 1, at + by))];
  if (next !== undefined) go({ page: 'audit', finding: next.id });
}

function release(app: App): void {
  const { route, go } = app.navigation.getState();
  if (route.page === 'audit' && (route.finding !== undefined || route.stage !== undefined || route.coverage === true || route.file !== undefined)) go({ page: 'audit' });
  if (route.page === 'monitor' && route.alert !== undefined) go({ page: 'monitor' });
  else if (route.page === 'monitor') app.monitor.getState().setBrush(undefined);
  if (route.page === 'attention') app.attention.getState().release();
}
