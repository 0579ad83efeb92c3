// Which layer and head, and whether the sink is shown.
import type { ReactElement } from 'react';
import { matrixOf, sinkMass } from '../../../charts/attention-data/attention-data.ts';
import { useApp, useAttention } from '../../app-context.ts';
import { formatDuration } from '../../format.ts';
import { sinkSentence } from './use-attention-view.ts';
import styles from './attention-controls.module.css';

export function AttentionControls(): ReactElement | null {
  const { attention } = useApp();
  const view = useAttention((state) => state.views[0]);
  const layer = useAttention((state) => state.layer);
  const head = useAttention((state) => state.head);
  const hideSinks = useAttention((state) => state.hideSinks);
  const pair = useAttention((state) => state.views.length > 1);
  const difference = useAttention((state) => state.difference);
  if (view === undefined) return null;
  const { pick, stepLayer, stepHead, toggleSinks, toggleDifference } = attention.getState();
  const sink = sinkMass(matrixOf(view, layer, head), view.tokens.length);
  return (
    <section className={styles.bar} aria-label="Layer and head">
      <Picker name="layer" value={layer} count={view.layers} onStep={stepLayer} onPick={(value) => pick(value, head)} keys={['[', ']']} />
      <Picker name="head" value={head} count={view.heads} onStep={stepHead} onPick={(value) => pick(layer, value)} keys={[',', '.']} />
      <button onClick={() => pick('mean', 'mean')} aria-pressed={layer === 'mean' && head === 'mean'}>Mean of all</button>
      <button onClick={toggleSinks} aria-pressed={hideSinks} title={`${sinkSentence(sink, view, layer, head, pair)}. Many heads park their attention there while they have nothing to look at (an attention sink); hidden, it leaves the colours to the rest.`}>
        first token {hideSinks ? 'hidden' : 'shown'}: a sink for {(sink * 100).toFixed(0)} %
      </button>
      {pair && <button onClick={toggleDifference} aria-pressed={difference} title="Shows in the second matrix what the trigger changed: with minus without, for the tokens both have. D">with − without</button>}
      <span className={styles.note}>forward pass {formatDuration(view.seconds)} · {view.layers} × {view.heads} × {view.tokens.length}²</span>
    </section>
  );
}

interface PickerProps {
  readonly name: string;
  readonly value: number | 'mean';
  readonly count: number;
  readonly onStep: (by: number) => void;
  readonly onPick: (value: number | 'mean') => void;
  readonly keys: readonly [string, string];
}

function Picker({ name, value, count, onStep, onPick, keys }: PickerProps): ReactElement {
  return (
    <span className={styles.picker}>
      {name}
      <button className="plain" onClick={() => onStep(-1)} aria-label={`Previous ${name}`}><kbd>{keys[0]}</kbd></button>
      <select aria-label={name} value={String(value)} onChange={(event) => onPick(event.target.value === 'mean' ? 'mean' : Number(event.target.value))}>
        <option value="mean">mean</option>
        {Array.from({ length: count }, (_, index) => <option key={index} value={index}>{index + 1}</option>)}
      </select>
      <button className="plain" onClick={() => onStep(1)} aria-label={`Next ${name}`}><kbd>{keys[1]}</kbd></button>
      <span title={`Counted from 1: ${name} 1 is number 0 in tensor names and in the command line’s JSON.`}>1 to {count}</span>
    </span>
  );
}
