// Ranked suspicions, streaming in. Hover previews, click locks (a new address), arrows move.
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { columnHeads, FEWEST_COLUMNS, signalColumns } from '../../../charts/signal-bars/layout.ts';
import { SignalBars } from '../../../charts/signal-bars/signal-bars.tsx';
import type { Finding } from '../../../engine/core/finding.ts';
import { shownConfidence } from '../../../engine/core/shown.ts';
import { artifactKey, hasPhrase, isNote, isRejected, summaryLine } from '../../../state/finding-view.ts';
import { payloadOf, quote } from '../../../state/reasons.ts';
import type { Route } from '../../../state/route.ts';
import { triageKey, UNDECIDED, type TriageEntry } from '../../../state/triage.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { classes } from '../../class-names.ts';
import { formatPValue, plural } from '../../format.ts';
import { Chevron, SeverityGlyph } from '../../parts/icons.tsx';
import styles from './suspicion-list.module.css';

export function SuspicionList({ route }: { readonly route: Extract<Route, { page: 'audit' }> }): ReactElement {
  const { navigation, triage } = useApp();
  const findings = useAudit((state) => state.view.findings);
  const status = useAudit((state) => state.view.status);
  const scope = useAudit((state) => state.view.scope);
  const report = useAudit((state) => state.view.report);
  const files = useSession((state) => state.model?.files);
  const entries = useStore(triage, (state) => state.entries);
  const artifact = artifactKey(report?.subject.files ?? files ?? []);
  const [unfolded, unfold] = useState<readonly string[]>([]);
  const held = findings.filter(({ severity }) => severity !== 'info');
  // What did not hold and what is merely worth knowing is no suspicion: apart, folded away, never dropped.
  const groups = [
    { id: 'rejected', label: 'Candidates whose evidence did not hold', findings: findings.filter(isRejected) },
    { id: 'notes', label: 'Notes: worth knowing, not suspicious', findings: findings.filter(isNote) },
  ].filter((group) => group.findings.length > 0).map((group) => ({ ...group, open: unfolded.includes(group.id) || group.findings.some(({ id }) => id === route.finding) }));
  const shown = [...held, ...groups.flatMap((group) => (group.open ? group.findings : []))];
  const columns = signalColumns(shown);
  const { go, hover } = navigation.getState();

  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const at = shown.findIndex(({ id }) => id === route.finding);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))];
    if (next === undefined) return;
    go({ page: 'audit', finding: next.id });
    document.getElementById(rowId(next.id))?.focus();
  };

  const toggle = ({ id, open, findings: rows }: (typeof groups)[number]): void => {
    unfold(open ? unfolded.filter((unfoldedId) => unfoldedId !== id) : [...unfolded, id]);
    // What is locked would hold its group open.
    if (open && rows.some((finding) => finding.id === route.finding)) go({ page: 'audit' });
  };
  const list = (label: string, rows: readonly Finding[]): ReactElement => (
    <div role="listbox" aria-label={label} onKeyDown={onKey} onPointerLeave={() => hover(undefined)}>
      {rows.map((finding, index) => (
        <Row
          key={finding.id}
          finding={finding}
          columns={columns}
          on={finding.id === route.finding}
          focusable={finding.id === route.finding || (index === 0 && rows.every(({ id }) => id !== route.finding))}
          triage={entries[triageKey(artifact, finding.id)] ?? UNDECIDED}
          onEnter={() => hover(finding.id)}
          onSelect={() => go(finding.id === route.finding ? { page: 'audit' } : { page: 'audit', finding: finding.id })}
        />
      ))}
    </div>
  );

  return (
    <section aria-label="Suspicions">
      <div className={styles.head}>
        <b>{status === 'idle' ? 'Suspicions' : plural(held.length, 'suspicion')}</b>
        <span>{held.length > 1 ? 'most suspicious first' : ''}</span>
        {columns.length > 0 && <span className={styles.columns} title={columns.join(' · ')} aria-hidden="true">{columnHeads(columns).map((head) => <i key={head} style={{ maxWidth: `${100 / FEWEST_COLUMNS}%` }}>{head}</i>)}</span>}
      </div>
      {held.length > 0 && list('Suspicions, most suspicious first', held)}
      {held.length === 0 && <p className={styles.none}>{scope === 'files' ? EMPTY_CHECK[status] ?? EMPTY[status] : EMPTY[status]}</p>}
      {groups.map((group) => (
        <div key={group.id} className={styles.group}>
          <button className={classes('plain', styles.fold)} aria-expanded={group.open} onClick={() => toggle(group)}>
            <Chevron open={group.open} /> {group.label} <span className={styles.count}>{group.findings.length}</span>
          </button>
          {group.open && list(group.label, group.findings)}
        </div>
      ))}
    </section>
  );
}

const EMPTY_CHECK: Readonly<Record<string, string>> = { running: 'None so far.', done: 'None in the files. What the model does when it runs was not tested.' };

const EMPTY: Readonly<Record<string, string>> = {
  idle: 'They will stand here, ranked, as the audit finds them.',
  running: 'None so far.',
  paused: 'None so far.',
  done: 'None. See what was and was not tested in the coverage.',
  cancelled: 'None until the audit was cancelled.',
  failed: 'None until the audit failed.',
};

interface RowProps {
  readonly finding: Finding;
  readonly columns: readonly string[];
  readonly on: boolean;
  readonly focusable: boolean;
  readonly triage: TriageEntry;
  readonly onEnter: () => void;
  readonly onSelect: () => void;
}

function Row({ finding, columns, on, focusable, triage, onEnter, onSelect }: RowProps): ReactElement {
  const best = finding.signals.map((signal) => signal.pValue).filter((p) => p !== undefined).reduce<number | undefined>((least, p) => (least === undefined ? p : Math.min(least, p)), undefined);
  return (
    <div
      id={rowId(finding.id)}
      role="option"
      aria-selected={on}
      tabIndex={focusable ? 0 : -1}
      className={classes(styles.row, columns.length === 0 && styles.bare, on && styles.on, (triage.state === 'false-positive' || finding.suppressed !== undefined) && styles.dismissed)}
      onPointerEnter={onEnter}
      onClick={onSelect}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect();
      }}
    >
      <SeverityGlyph severity={finding.severity} />
      <div className={styles.what}>
        <div className={styles.title}><FindingTitle finding={finding} /></div>
        <div className={styles.sub}>
          {finding.suppressed !== undefined && <span className={styles.triage}>✓ accepted: {finding.suppressed.reason} · </span>}
          {triage.state !== 'open' && <span className={styles.triage}>{triage.state === 'confirmed' ? '✓ confirmed' : '✕ false positive'} · </span>}
          {summaryLine(finding)}
        </div>
      </div>
      {columns.length > 0 && <SignalBars signals={finding.signals} columns={columns} muted={isRejected(finding)} />}
      <div className={styles.confidence} title="confidence, calibrated on models whose triggers are known">
        {shownConfidence(finding.confidence)}
        <small>{best === undefined ? 'confidence' : formatPValue(best)}</small>
      </div>
    </div>
  );
}

function FindingTitle({ finding }: { readonly finding: Finding }): ReactElement {
  const payload = payloadOf(finding);
  if (!hasPhrase(finding) || finding.trigger === undefined) return <>{finding.title}</>;
  return (
    <>
      Trigger {finding.trigger.kind === 'template' ? 'shape' : 'phrase'} <mark className="token">{quote(finding.trigger.value)}</mark>
      {payload !== undefined && <> → <span className="payload">{quote(payload)}</span></>}
    </>
  );
}

function rowId(finding: string): string {
  return `finding-${finding}`;
}
