// How pictures are brought into the range the model was trained on: shown, with where it comes from, and editable.
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { SET_BY_USER } from '../../../engine/runtime/with-preprocessing.ts';
import type { PicturePreparation } from '../../../state/client.ts';
import { useApp } from '../../app-context.ts';
import { useUnderAudit } from '../../parts/beside-audit.tsx';
import styles from './picture-page.module.css';

export function Preparation({ preparation }: { readonly preparation: PicturePreparation }): ReactElement {
  const { pictureLab } = useApp();
  const { channels, height, width, layout, scale, mean, std, origin, guessed } = preparation;
  const [form, setForm] = useState({ scale: String(scale), mean: mean.join(' '), std: std.join(' ') });
  const change = parse(form, channels);
  const telling = useStore(pictureLab, (state) => state.telling);
  // What an audit is told by would change under it.
  const underAudit = useUnderAudit();
  // What is typed meanwhile would be lost to what is told.
  const fixed = underAudit || telling;
  const apply = (): void => {
    if (change !== undefined) void pictureLab.getState().prepare(change);
  };
  return (
    <form
      className={styles.preparation}
      aria-label="Preprocessing"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <span>{channels} × {height} × {width} {layout.toUpperCase()} · (pixel × scale − mean) / deviation</span>
      <label>scale <input disabled={telling} value={form.scale} size={6} onChange={(event) => setForm({ ...form, scale: event.target.value })} /></label>
      <label>mean <input disabled={telling} value={form.mean} size={14} onChange={(event) => setForm({ ...form, mean: event.target.value })} /></label>
      <label>deviation <input disabled={telling} value={form.std} size={14} onChange={(event) => setForm({ ...form, std: event.target.value })} /></label>
      <button type="submit" disabled={fixed || change === undefined} title={underAudit ? 'not while an audit is under way' : undefined}>Apply</button>
      {origin === SET_BY_USER && <button type="button" className="plain" disabled={fixed} onClick={() => void pictureLab.getState().prepare(undefined)}>as read</button>}
      <span className={styles.faint}>{guessed || origin === SET_BY_USER ? '' : 'from '}{origin}</span>
      {telling && <span className={styles.faint} role="status">Telling the range from the model’s answers…</span>}
    </form>
  );
}

/** One number, or one a channel; undefined where it is no usable preprocessing. */
function parse(form: { readonly scale: string; readonly mean: string; readonly std: string }, channels: number): Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined {
  const list = (text: string): number[] | undefined => {
    const values = text.trim().split(/[\s,;]+/).map(Number);
    if (values.some((value) => !Number.isFinite(value)) || (values.length !== 1 && values.length !== channels)) return undefined;
    return Array.from({ length: channels }, (_, channel) => values[channel] ?? values[0] ?? 0);
  };
  const [scale, mean, std] = [Number(form.scale), list(form.mean), list(form.std)];
  if (!Number.isFinite(scale) || scale === 0 || mean === undefined || std === undefined || std.some((value) => value === 0)) return undefined;
  return { scale, mean, std };
}
