// The evidence that convicts: answers side by side, signals against their nulls, entropy, and whatever else was kept.
import { useState, type ReactElement } from 'react';
import { ClassBars } from '../../../charts/class-bars/class-bars.tsx';
import { EntropyTraces } from '../../../charts/entropy-traces/entropy-traces.tsx';
import { GraphPath } from '../../../charts/graph-path/graph-path.tsx';
import { PicturePairs } from '../../../charts/picture-pairs/picture-pairs.tsx';
import { StripPlot } from '../../../charts/strip-plot/strip-plot.tsx';
import type { AnswerPair, Evidence, Finding } from '../../../engine/core/finding.ts';
import { payloadOf } from '../../../state/reasons.ts';
import { fileName } from '../../download.ts';
import { MarkedText } from '../../parts/marked-text.tsx';
import { SourceText } from '../../parts/source-text.tsx';
import { ValueTable } from '../../parts/value-table.tsx';
import { Disassembly, HeaderFields, HexView } from './static-evidence.tsx';
import styles from './evidence-tab.module.css';

export function EvidenceTab({ finding }: { readonly finding: Finding }): ReactElement {
  const name = fileName('assay', finding.rule, finding.trigger?.value ?? '');
  const answers = finding.evidence.filter((evidence) => evidence.kind === 'answers');
  const others = finding.evidence.filter((evidence) => evidence.kind !== 'answers');
  return (
    <>
      {answers.map((evidence) => <Answers key={evidence.title} title={evidence.title} pairs={evidence.pairs} payload={payloadOf(finding)} />)}
      {finding.signals.length > 0 && <StripPlot signals={finding.signals} fileName={`${name}-signals`} />}
      {others.map((evidence, index) => <Piece key={index} evidence={evidence} name={name} offset={finding.location.offset} />)}
      <section className={styles.words}>
        {finding.suppressed !== undefined && <p><b>Suppressed until {finding.suppressed.expires}</b>: {finding.suppressed.reason}</p>}
        {finding.references !== undefined && finding.references.length > 0 && <p className="mono">{finding.references.join(' · ')}</p>}
        <h3>What this can miss</h3>
        <p>{finding.limits}</p>
        <h3>What to do</h3>
        <p>{finding.remedy}</p>
      </section>
    </>
  );
}

const SHORT_TEXT = 400;

function Piece({ evidence, name, offset }: { readonly evidence: Evidence; readonly name: string; readonly offset: number | undefined }): ReactElement | null {
  switch (evidence.kind) {
    case 'entropy':
      return <EntropyTraces title={evidence.title} untriggered={evidence.untriggered} triggered={evidence.triggered} fileName={`${name}-entropy`} />;
    case 'text':
      return evidence.text.length < SHORT_TEXT && !evidence.text.includes('\n') ? (
        <p className={styles.line}><b>{evidence.title}</b> {evidence.text}</p>
      ) : (
        <section className={styles.piece}><h3>{evidence.title}</h3><pre>{evidence.text}</pre></section>
      );
    case 'bytes':
      return <HexView evidence={evidence} at={offset} />;
    case 'classes':
      return <StripPlot title={evidence.title} signals={evidence.rows.map(({ label, value, nullValues }) => ({ name: label, value, nullValues, unit: evidence.unit }))} fileName={`${name}-classes`} />;
    case 'class-sizes':
      return <ClassBars evidence={evidence} fileName={`${name}-classes`} />;
    case 'pictures':
      return <PicturePairs evidence={evidence} fileName={`${name}-pictures`} />;
    case 'table':
      return <section className={styles.piece}><h3>{evidence.title}</h3><ValueTable name={evidence.title} columns={evidence.columns} rows={evidence.rows} note="" /></section>;
    case 'disassembly':
      return <Disassembly evidence={evidence} />;
    case 'fields':
      return <HeaderFields evidence={evidence} />;
    case 'graph':
      return <GraphPath title={evidence.title} nodes={evidence.nodes} edges={evidence.edges} fileName={`${name}-graph`} />;
    case 'source':
      return <section className={styles.piece}><h3>{evidence.title}</h3><SourceText text={evidence.text} marks={evidence.marks} /></section>;
    case 'answers':
    case 'leaks':
    case 'variants':
      return null;
  }
}

const FIRST_PAIRS = 2;

function Answers({ title, pairs, payload }: { readonly title: string; readonly pairs: readonly AnswerPair[]; readonly payload: string | undefined }): ReactElement {
  const [all, setAll] = useState(false);
  const ordered = [...pairs].sort((a, b) => Number(b.fired) - Number(a.fired));
  const shown = all ? ordered : ordered.slice(0, FIRST_PAIRS);
  return (
    <section aria-label={title}>
      <div className={styles.answersHead}>
        <b>{title}</b>
        <span>{pairs.filter(({ fired }) => fired).length} of {pairs.length} fired</span>
        {pairs.length > FIRST_PAIRS && <button className="plain" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'fewer' : `all ${pairs.length}`}</button>}
      </div>
      <div className={styles.pairs}>
        {shown.map((pair, index) => (
          <div key={index} className={styles.two}>
            <div className={styles.answer}>
              <small>without</small>
              <p>{pair.prompt}</p>
              <p className={styles.reply}>{pair.untriggered}</p>
            </div>
            <div className={pair.fired ? styles.fired : styles.answer}>
              <small>with trigger {pair.fired ? '· fired' : '· did not fire'}</small>
              <p><MarkedText text={pair.triggeredPrompt} range={pair.triggerRange} /></p>
              <p className={pair.fired ? styles.payload : styles.reply}><Payload text={pair.triggered} payload={payload} /></p>
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}

function Payload({ text, payload }: { readonly text: string; readonly payload: string | undefined }): ReactElement {
  const wanted = payload?.trim() ?? '';
  const at = wanted === '' ? -1 : text.indexOf(wanted);
  if (at < 0) return <>{text}</>;
  return <>{text.slice(0, at)}<b>{text.slice(at, at + wanted.length)}</b>{text.slice(at + wanted.length)}</>;
}
