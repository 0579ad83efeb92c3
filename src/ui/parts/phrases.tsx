// Phrases (state/reasons.ts) as text: triggers and payloads look the same everywhere.
import { Fragment, type ReactElement } from 'react';
import type { Phrase } from '../../state/reasons.ts';

export function Phrases({ phrases }: { readonly phrases: readonly Phrase[] }): ReactElement {
  return (
    <>
      {phrases.map((phrase, index) => (
        <Fragment key={index}>
          {phrase.kind === 'plain' && phrase.text}
          {phrase.kind === 'strong' && <b style={{ color: 'var(--ink)' }}>{phrase.text}</b>}
          {phrase.kind === 'trigger' && <mark className="token">{phrase.text}</mark>}
          {phrase.kind === 'payload' && <span className="payload">{phrase.text}</span>}
        </Fragment>
      ))}
    </>
  );
}
