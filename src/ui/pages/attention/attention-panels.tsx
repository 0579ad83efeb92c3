// Layers x heads at the left; then each view: its tokens with arcs, its matrix, and the bars of the chosen query.
import { useState, type ReactElement } from 'react';
import { rowOf, triggerRange } from '../../../charts/attention-data/attention-data.ts';
import { AttentionMatrix } from '../../../charts/attention-matrix/attention-matrix.tsx';
import { tokenLabel } from '../../../charts/frame/token-label.ts';
import { LayerHeads } from '../../../charts/layer-heads/layer-heads.tsx';
import { sharesByPart } from '../../../charts/role-shares/layout.ts';
import { RoleShares } from '../../../charts/role-shares/role-shares.tsx';
import { longestLabel } from '../../../charts/token-bars/layout.ts';
import { TokenBars } from '../../../charts/token-bars/token-bars.tsx';
import { TokenStrip } from '../../../charts/token-strip/token-strip.tsx';
import { useApp, useAttention, useSession } from '../../app-context.ts';
import { fileName } from '../../download.ts';
import { Segmented } from '../../parts/segmented.tsx';
import { answerNote, lookTitle, useAttentionView, type PanelView } from './use-attention-view.ts';
import styles from './attention-panels.module.css';

export function AttentionPanels(): ReactElement {
  const { attention } = useApp();
  const { panels, max } = useAttentionView();
  const layer = useAttention((state) => state.layer);
  const head = useAttention((state) => state.head);
  const hideSinks = useAttention((state) => state.hideSinks);
  const model = useSession((state) => state.model?.name) ?? 'model';
  const [overview, setOverview] = useState<'share' | 'maps'>('share');
  const last = panels.at(-1);
  const hasTrigger = last !== undefined && triggerRange(last.view.tokens) !== undefined;
  const place = layer === 'mean' && head === 'mean' ? 'Mean of all layers and heads' : `${layer === 'mean' ? 'Mean of all layers' : `Layer ${layer + 1}`}, ${head === 'mean' ? 'mean of its heads' : `head ${head + 1}`}`;
  const names = panels.length === 1 ? ['Prompt'] : ['Without trigger', 'With trigger'];
  const longest = Math.max(...panels.map(({ view }) => view.tokens.length));
  const labelRoom = Math.max(0, ...panels.map(({ view, query }) => longestLabel(view.tokens.slice(0, query + 1).map(({ text }) => tokenLabel(text)))));
  const barTop = Math.max(0, ...panels.map(({ view, matrix, query }) => rowOf(matrix, view.tokens.length, query).reduce((most, value, key) => (hideSinks && key === 0 ? most : Math.max(most, value)), 0)));
  return (
    <div className={styles.grid}>
      <section className={styles.panel} aria-label="Layers and heads">
        <Segmented label="Overview" choices={[{ id: 'share', label: hasTrigger ? 'on the trigger' : 'beyond the sink' }, { id: 'maps', label: 'maps' }]} selected={overview} onSelect={setOverview} />
        {last !== undefined && (
          <LayerHeads
            key={overview}
            title="Layers × heads"
            view={last.view}
            layer={layer}
            head={head}
            hideSinks={hideSinks}
            thumbnails={overview === 'maps'}
            maxHeight={620}
            fileName={fileName('assay', model, 'layers-heads')}
            onPick={(toLayer, toHead) => {
              if (toLayer === layer && toHead === head) attention.getState().pick('mean', 'mean');
              else attention.getState().pick(toLayer, toHead);
            }}
          />
        )}
        <p className={styles.hint}>
          {overview === 'maps' ? '' : `Each cell is one head: of the attention of the token that chooses the answer’s first token, the share that goes ${hasTrigger ? 'to the trigger' : 'to all tokens but the first (the attention sink)'}. `}Click picks a head, again for the mean of all.
        </p>
        <RoleShares
          title={lookTitle(panels.map(({ view, query }) => tokenLabel(view.tokens[query]?.text ?? '')), names)}
          views={panels.map(({ view, matrix, query }, index) => ({ name: names[index] ?? '', shares: sharesByPart(view.tokens, rowOf(matrix, view.tokens.length, query), query) }))}
          fileName={fileName('assay', model, 'parts')}
        />
      </section>
      <div className={styles.views} data-panels={panels.length}>
      {panels.map((panel, index) => (
        <Panel key={index} index={index} panel={panel} max={max} name={names[index] ?? ''} place={place} longest={longest} barTop={barTop} labelRoom={labelRoom} hideSinks={hideSinks} file={fileName('assay', model, index === 0 && panels.length > 1 ? 'without' : 'with', place)} source={`${model}, ${(names[index] ?? '').toLowerCase()}`} />
      ))}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly index: number;
  readonly panel: PanelView;
  readonly max: number;
  readonly name: string;
  readonly place: string;
  readonly longest: number;
  readonly barTop: number;
  readonly labelRoom: number;
  readonly hideSinks: boolean;
  readonly file: string;
  readonly source: string;
}

function Panel({ index, panel, max, name, place, longest, barTop, labelRoom, hideSinks, file, source }: PanelProps): ReactElement {
  const { attention } = useApp();
  const locked = useAttention((state) => state.locked);
  const { view, matrix, difference, query, cross } = panel;
  const { tokens } = view;
  const row = rowOf(matrix, tokens.length, query);
  const trigger = triggerRange(tokens);
  const onTrigger = trigger === undefined ? undefined : row.slice(trigger[0], trigger[1]).reduce((sum, value) => sum + value, 0);
  const { setHover, toggleLock } = attention.getState();
  const hoverToken = (token: number | undefined): void => setHover(token === undefined ? undefined : { view: index, query: token, key: -1 });
  return (
    <section className={styles.view} aria-label={name}>
      <h2 className={styles.name}>
        {name}
        <small>{locked === undefined ? 'hover previews, click locks' : 'locked: Esc releases'}</small>
      </h2>
      <p className={styles.answer} tabIndex={0} aria-label={`${name}: answer`}>
        <span>{view.answer.text === '' ? 'The answer is empty.' : view.answer.text}</span>
        <small>{answerNote(view.answer)}</small>
      </p>
      <TokenStrip label={`${name}: tokens`} tokens={tokens} query={query} weights={row} hideSinks={hideSinks} lit={cross.key} onHover={hoverToken} onLock={(token) => toggleLock({ view: index, query: token, key: -1 })} />
      <TokenBars
        title={`From “${tokenLabel(tokens[query]?.text ?? '')}”`}
        note={[
          ...(onTrigger === undefined ? [] : [`${(onTrigger * 100).toFixed(1)} % on the trigger`]),
          ...(tokens[query + 1]?.role === 'answer' ? [`chooses “${tokenLabel(tokens[query + 1]?.text ?? '')}”`] : []),
        ].join(' · ')}
        source={`${source}, ${place.toLowerCase()}`}
        tokens={tokens.slice(0, query + 1)}
        values={row.slice(0, query + 1)}
        hideSinks={hideSinks}
        lit={cross.key}
        top={barTop}
        labelRoom={labelRoom}
        onHover={(key) => setHover(key === undefined ? undefined : { view: index, query, key })}
        fileName={`${file}-bars`}
      />
      <AttentionMatrix
        title={difference === undefined ? place : `${place}: with − without`}
        note={difference === undefined ? `row: query, column: key · 0 to ${max.toFixed(2)}` : `+ more, − less with the trigger · ±${difference.max.toFixed(2)}`}
        source={source}
        difference={difference !== undefined}
        fitFor={longest}
        tokens={tokens}
        matrix={difference?.matrix ?? matrix}
        max={difference?.max ?? max}
        hideSinks={hideSinks}
        trigger={trigger}
        query={query}
        cross={cross}
        onHover={(cell) => setHover(cell === undefined ? undefined : { view: index, ...cell })}
        onLock={(cell) => toggleLock({ view: index, ...cell })}
        fileName={`${file}-${difference === undefined ? 'matrix' : 'difference'}`}
      />
    </section>
  );
}
