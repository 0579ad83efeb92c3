// One text as a classifier reads it, without and with the trigger: probabilities, and each token shaded by what it is for the answer.
import { useState, type ReactElement } from 'react';
import type { Reading, ReadToken } from '../../../engine/probes/text-triggers/reading.ts';
import type { ReadTry } from '../../../state/playground.ts';
import { useApp } from '../../app-context.ts';
import { visibleToken } from '../../../charts/frame/token-label.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { DataTableCsv } from '../../parts/table-csv.tsx';
import styles from './reading-view.module.css';
import trial from './try-view.module.css';

type Shade = 'fall' | 'attention' | 'plain';

export function ReadingView({ entry }: { readonly entry: ReadTry }): ReactElement {
  const { playground } = useApp();
  const { form, readings, texts } = entry;
  const attends = readings.some(({ tokens }) => tokens.some(({ attention }) => attention !== undefined));
  const [shade, setShade] = useState<Shade>('fall');
  const [before, after] = [readings[0]?.chances[0], readings[1]?.chances[0]];
  const rows = readings.flatMap((reading, index) => reading.tokens.map((token, at) => [index === 0 ? 'without' : 'with trigger', at, token.text, token.trigger ? 'trigger' : 'text', token.fall, token.attention ?? '']));
  return (
    <article className={trial.try} aria-label={form.prompt}>
      <div className={trial.head}>
        <Segmented
          label="Shade tokens by"
          choices={[{ id: 'fall' as const, label: 'left out' }, ...(attends ? [{ id: 'attention' as const, label: 'attention' }] : []), { id: 'plain' as const, label: 'plain' }]}
          selected={shade}
          onSelect={setShade}
        />
        <span>
          {before !== undefined && after !== undefined && (before.class === after.class ? <>the class stays <b>{after.label}</b></> : <><b>{before.label}</b> becomes <b>{after.label}</b></>)}
          {shade === 'fall' ? ' · shaded: how far the first class falls when the token is left out' : shade === 'attention' ? ' · shaded: attention of the first token, rolled through all layers' : ''}
        </span>
        <span className={trial.tools}>
          <DataTableCsv name="assay-playground-tokens" columns={['text', 'position', 'token', 'role', 'fall when left out', 'attention']} rows={rows} />
          <button onClick={() => playground.getState().edit(form)}>Edit again</button>
        </span>
      </div>
      <div className={trial.two} data-answers={readings.length}>
        {readings.map((reading, index) => <Side key={index} name={readings.length === 1 ? 'text' : index === 0 ? 'without' : 'with trigger'} text={texts[index]?.user ?? ''} reading={reading} shade={shade} strong={index === 1} before={index === 1 ? readings[0] : undefined} />)}
      </div>
    </article>
  );
}

interface SideProps {
  readonly name: string;
  readonly text: string;
  readonly reading: Reading;
  readonly shade: Shade;
  readonly strong: boolean;
  /** The reading without the trigger: its probabilities are marked on the bars. */
  readonly before: Reading | undefined;
}

function Side({ name, text, reading, shade, strong, before }: SideProps): ReactElement {
  const most = Math.max(0.02, ...reading.tokens.map((token) => Math.abs(valueOf(token, shade))));
  return (
    <div className={strong ? trial.strong : trial.answer}>
      <small>{name} · {reading.tokens.length} tokens{reading.cut > 0 ? `, ${reading.cut} more left out` : ''}</small>
      <p className={styles.tokens} aria-label={text}>
        {reading.tokens.map((token, index) => {
          const value = valueOf(token, shade);
          const share = Math.round((Math.abs(value) / most) * 55);
          return (
            <span key={index} className={token.trigger ? styles.trigger : styles.token} style={shade === 'plain' || share === 0 ? undefined : { background: `color-mix(in oklab, transparent, var(${value < 0 ? '--ink3' : strong ? '--critical' : '--accent'}) ${share}%)` }} title={`left out: ${signed(token.fall)}${token.attention === undefined ? '' : ` · attention ${(100 * token.attention).toFixed(1)} %`}`}>
              {visibleToken(token.text)}
            </span>
          );
        })}
      </p>
      <table className={styles.classes}>
        <tbody>
          {reading.chances.map(({ class: index, label, p }) => {
            const earlier = before?.chances.find((chance) => chance.class === index)?.p;
            return (
              <tr key={index}>
                <th scope="row">{label}</th>
                <td>
                  <span className={styles.track}>
                    <span className={strong ? styles.strongBar : styles.bar} style={{ width: `${100 * p}%` }} />
                    {earlier !== undefined && <span className={styles.earlier} style={{ left: `${100 * earlier}%` }} title={`without the trigger: ${percent(earlier)}`} />}
                  </span>
                </td>
                <td className={styles.number}>{percent(p)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function valueOf(token: ReadToken, shade: Shade): number {
  return shade === 'attention' ? (token.attention ?? 0) : shade === 'fall' ? token.fall : 0;
}

function percent(p: number): string {
  return `${(100 * p).toFixed(p > 0.995 || p < 0.005 ? 2 : 1)} %`;
}

function signed(fall: number): string {
  return `${fall > 0 ? '−' : '+'}${(100 * Math.abs(fall)).toFixed(1)} points`;
}
