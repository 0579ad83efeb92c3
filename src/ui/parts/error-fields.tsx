// The exact fields of an ArtifactError, with advice. What is wrong with the user's own prompt is told in words alone.
import type { ReactElement } from 'react';
import type { ArtifactErrorFields } from '../../engine/core/artifact-error.ts';
import { adviceFor, isTooLongForContext } from '../../state/advice.ts';
import styles from './error-fields.module.css';

/** `known`: what the check of this model's files says of NaN in its weights. */
export function ErrorFields({ fields, known }: { readonly fields: ArtifactErrorFields; readonly known?: string | undefined }): ReactElement {
  if (isTooLongForContext(fields)) return <p>{adviceFor(fields)}</p>;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['code', fields.code],
    ['format', fields.format],
    ['file', fields.file],
    ['field', fields.field],
    ['offset', fields.offset === undefined ? undefined : `${fields.offset} (0x${fields.offset.toString(16)})`],
    ['expected', fields.expected],
    ['found', fields.actual],
  ];
  return (
    <div className={styles.fields}>
      <dl>
        {rows.map(([name, value]) => value !== undefined && (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      <p>{adviceFor(fields, known)}</p>
    </div>
  );
}
