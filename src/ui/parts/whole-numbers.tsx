// Text whose long words may break anywhere (paths, names of tensors, digests), and whose numbers may not: half a number reads as another.
import type { ReactElement } from 'react';
import styles from './whole-numbers.module.css';

/** Digits with a sign, separators and a decimal part, standing alone: not those inside of a name or a digest. */
const NUMBER = /((?<![\w.])[-−]?\d{1,24}(?:[.,]\d{1,24}){0,8}(?![\w]))/;

export function WholeNumbers({ text }: { readonly text: string }): ReactElement {
  // Odd parts are what the group of the pattern holds.
  return <>{text.split(NUMBER).map((part, index) => (index % 2 === 1 ? <span key={index} className={styles.number}>{part}</span> : part))}</>;
}
