// Which changed forms of the trigger still fire: exact or fuzzy, and its smallest working core.
import type { ReactElement } from 'react';
import { RateBars } from '../../../charts/rate-bars/rate-bars.tsx';
import type { Finding } from '../../../engine/core/finding.ts';
import { evidenceOf } from '../../../state/finding-view.ts';
import { fileName } from '../../download.ts';

export function VariantsTab({ finding }: { readonly finding: Finding }): ReactElement {
  return (
    <>
      {evidenceOf(finding, 'variants').map((variants) => (
        <RateBars key={variants.title} title={variants.title} rows={variants.rows} fileName={fileName('assay', finding.rule, 'variants')} />
      ))}
    </>
  );
}
