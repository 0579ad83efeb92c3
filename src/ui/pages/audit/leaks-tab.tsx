// What the model said when asked to go on from nothing, with the motif marked.
import type { ReactElement } from 'react';
import type { Finding, LeakExcerpt } from '../../../engine/core/finding.ts';
import { evidenceOf } from '../../../state/finding-view.ts';
import { MarkedText } from '../../parts/marked-text.tsx';
import styles from './leaks-tab.module.css';

export function LeaksTab({ finding }: { readonly finding: Finding }): ReactElement {
  return (
    <>
      {evidenceOf(finding, 'leaks').map((leaks) => (
        <section key={leaks.title} aria-label={leaks.title}>
          <p className={styles.note}>
            <b>{leaks.title}</b> · motif <mark className="token">{leaks.motif}</mark> · {leaks.texts.length} shown of {leaks.total} texts
          </p>
          <ol className={styles.list}>
            {leaks.texts.map((excerpt, index) => <Leak key={index} excerpt={excerpt} motif={leaks.motif} />)}
          </ol>
        </section>
      ))}
    </>
  );
}

function Leak({ excerpt, motif }: { readonly excerpt: LeakExcerpt; readonly motif: string }): ReactElement {
  const at = excerpt.text.indexOf(motif);
  const range: readonly [number, number] | undefined = excerpt.mark ?? (motif !== '' && at >= 0 ? [at, at + motif.length] : undefined);
  return (
    <li>
      <small>{excerpt.prefix}</small>
      <p><MarkedText text={excerpt.text} range={range} meaning="motif" /></p>
    </li>
  );
}
