// One suspicion in depth: heading, triage, and its evidence on tabs.
import type { ReactElement } from 'react';
import type { Finding } from '../../../engine/core/finding.ts';
import { shownConfidence, shownPath } from '../../../engine/core/shown.ts';
import { countForms } from '../../../engine/core/variant-rows.ts';
import { canInvestigate, evidenceOf, hasPhrase, isRead } from '../../../state/finding-view.ts';
import { findingReasons, payloadOf, quote } from '../../../state/reasons.ts';
import { placeOfFinding } from '../../../state/file-places.ts';
import { formatRoute, type DetailTab } from '../../../state/route.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { SeverityGlyph } from '../../parts/icons.tsx';
import { Phrases } from '../../parts/phrases.tsx';
import { Tabs, type Tab } from '../../parts/tabs.tsx';
import { AttentionTab } from './attention-tab.tsx';
import { EvidenceTab } from './evidence-tab.tsx';
import { LeaksTab } from './leaks-tab.tsx';
import { ReplayTab } from './replay-tab.tsx';
import { TriageControl } from './triage-control.tsx';
import { VariantsTab } from './variants-tab.tsx';
import styles from './finding-detail.module.css';

export interface FindingDetailProps {
  readonly finding: Finding;
  readonly tab: DetailTab;
  readonly locked: boolean;
}

export function FindingDetail({ finding, tab, locked }: FindingDetailProps): ReactElement {
  const app = useApp();
  const model = useSession((state) => state.model);
  // Where attention goes in a classifier is shown in the playground, beside its classes.
  const reported = useAudit((state) => state.view.report?.subject.task);
  const attends = (model?.task ?? reported ?? 'causal-lm') === 'causal-lm';
  const payload = payloadOf(finding);
  const tabs = tabsOf(finding, attends);
  const shown = tabs.some(({ id }) => id === tab) ? tab : 'evidence';
  const titled = finding.trigger === undefined || isRead(finding);
  // The heading says the first of them already.
  const reasons = findingReasons(finding).slice(titled ? 1 : 0);
  return (
    <article aria-label={finding.title}>
      <div className={styles.head}>
        <div className={styles.heading}>
          <h2>
            <SeverityGlyph severity={finding.severity} size={14} />
            {titled ? finding.title : (
              <span>
                <mark className="token">{quote(finding.trigger.value)}</mark>
                {payload !== undefined && <> → <span className="payload">{quote(payload)}</span></>}
              </span>
            )}
          </h2>
          <p className={styles.sub}>
            {finding.severity} · confidence {shownConfidence(finding.confidence)} · rule <span className="mono">{finding.rule}</span>
            {finding.trigger?.position !== undefined && <> · inserted at the {finding.trigger.position}</>}
          </p>
          <Place finding={finding} />
        </div>
        <div className={styles.actions}>
          {canInvestigate('playground', finding, model) && <button onClick={() => app.investigate('playground', finding)}>Try it</button>}
          {canInvestigate('attention', finding, model) && <button onClick={() => app.investigate('attention', finding)}>Attention</button>}
        </div>
      </div>
      {reasons.length > 0 && <p className={styles.reasons}><Phrases phrases={reasons} /></p>}
      <TriageControl finding={finding} />
      <Tabs label="Evidence" tabs={tabs} selected={shown} onSelect={(id) => app.navigation.getState().go({ page: 'audit', finding: finding.id, tab: id })} />
      <div role="tabpanel" id={`panel-${shown}`} aria-labelledby={`tab-${shown}`}>
        {shown === 'evidence' && <EvidenceTab finding={finding} />}
        {shown === 'attention' && <AttentionTab finding={finding} />}
        {shown === 'leaks' && <LeaksTab finding={finding} />}
        {shown === 'variants' && <VariantsTab finding={finding} />}
        {shown === 'replay' && <ReplayTab finding={finding} />}
      </div>
      {!locked && <p className={styles.preview}>Preview. Click the row to keep it open; Esc releases.</p>}
    </article>
  );
}

/** Where it stands, with the way there: the file's page, at the byte where there is one. */
function Place({ finding }: { readonly finding: Finding }): ReactElement | null {
  const report = useAudit((state) => state.view.report);
  const { file, member, offset, key, node, tensor } = finding.location;
  if (file === undefined) return null;
  const place = placeOfFinding(finding, report);
  const text = `${shownPath(member === undefined ? file : `${file}!${member}`)}${offset === undefined ? '' : ` @ 0x${offset.toString(16)}`}`;
  const parts = [key === undefined ? undefined : `key ${key}`, node === undefined ? undefined : `node ${node}`, tensor === undefined ? undefined : `tensor ${tensor}`].filter((part) => part !== undefined);
  return (
    <p className={styles.place}>
      in {place === undefined ? text : <a href={formatRoute({ page: 'audit', ...place })}>{text}</a>}
      {parts.length > 0 && <> · {parts.join(' · ')}</>}
    </p>
  );
}

function tabsOf(finding: Finding, attends: boolean): Tab<DetailTab>[] {
  const leaks = evidenceOf(finding, 'leaks').reduce((sum, { texts }) => sum + texts.length, 0);
  const variants = countForms(evidenceOf(finding, 'variants').flatMap(({ rows }) => rows));
  return [
    { id: 'evidence', label: 'Evidence' },
    ...(hasPhrase(finding) && attends ? [{ id: 'attention' as const, label: 'Attention' }] : []),
    ...(leaks > 0 ? [{ id: 'leaks' as const, label: 'Leaks', count: leaks }] : []),
    ...(variants.of > 0 ? [{ id: 'variants' as const, label: 'Variants', count: `${variants.firing} of ${variants.of}` }] : []),
    { id: 'replay', label: 'Replay' },
  ];
}
