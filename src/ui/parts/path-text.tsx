// A path that may break after its separators, and nowhere else: names stay readable in narrow columns.
import { Fragment, type ReactElement } from 'react';

export function PathText({ path }: { readonly path: string }): ReactElement {
  const parts = path.split(/(?<=[/\\_.-])/);
  return <>{parts.map((part, index) => <Fragment key={index}>{index > 0 && <wbr />}{part}</Fragment>)}</>;
}
