// Source text (a template, a prompt) with the ranges that matter marked, each with its reason.
import type { ReactElement, ReactNode } from 'react';
import styles from './source-text.module.css';

export interface SourceTextProps {
  readonly text: string;
  readonly marks: readonly { readonly begin: number; readonly end: number; readonly why: string }[];
}

export function SourceText({ text, marks }: SourceTextProps): ReactElement {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { begin, end, why } of [...marks].sort((a, b) => a.begin - b.begin)) {
    if (begin < at || end <= begin) continue;
    parts.push(text.slice(at, begin), <mark key={begin} className="token" title={why}>{text.slice(begin, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  const reasons = [...new Set(marks.map(({ why }) => why))];
  return (
    <>
      <pre className={styles.source} tabIndex={0}>{parts}</pre>
      {reasons.length > 0 && <p className={styles.why}>marked: {reasons.join('; ')}</p>}
    </>
  );
}
