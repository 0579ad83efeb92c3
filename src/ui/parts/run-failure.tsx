// Why a run of the open model failed, beside what the check of its files has said about it already.
import type { ReactElement } from 'react';
import type { Failure } from '../../engine/core/result.ts';
import { nanInWeights } from '../../engine/rules/weights-numbers/nan-in-weights.ts';
import { useAudit } from '../app-context.ts';
import { ErrorFields } from './error-fields.tsx';

export function RunFailure({ failure, className }: { readonly failure: Failure | undefined; readonly className: string | undefined }): ReactElement | null {
  const known = useAudit((state) => nanInWeights(state.view.findings)?.title);
  if (failure?.kind !== 'error') return null;
  return <div className={className} role="alert">{failure.artifact === undefined ? failure.message : <ErrorFields fields={failure.artifact} known={known} />}</div>;
}
