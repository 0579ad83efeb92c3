// Every chart with drawn data, clearly labelled: to learn to read them, and to be photographed by the screenshot suite.
import { useState, type ReactElement, type ReactNode } from 'react';
import { choosingQuery, matrixOf, rowOf, triggerRange } from '../../../charts/attention-data/attention-data.ts';
import { differenceOf, differenceTop } from '../../../charts/attention-data/difference.ts';
import { AttentionMatrix } from '../../../charts/attention-matrix/attention-matrix.tsx';
import { colourTop } from '../../../charts/attention-matrix/layout.ts';
import { ClassBars } from '../../../charts/class-bars/class-bars.tsx';
import { CoverageBar } from '../../../charts/coverage-bar/coverage-bar.tsx';
import { summariseCoverage } from '../../../charts/coverage-bar/layout.ts';
import { EntropyTraces } from '../../../charts/entropy-traces/entropy-traces.tsx';
import { specimenAttention, specimenClasses, specimenCoverage, specimenFindings, specimenGraph, specimenPictures, specimenSignals, specimenTraces, specimenVariants } from '../../../charts/gallery-specimens.ts';
import { GraphPath } from '../../../charts/graph-path/graph-path.tsx';
import { LayerHeads } from '../../../charts/layer-heads/layer-heads.tsx';
import { GridMap } from '../../../charts/grid-map/grid-map.tsx';
import { PicturePairs } from '../../../charts/picture-pairs/picture-pairs.tsx';
import { RateBars } from '../../../charts/rate-bars/rate-bars.tsx';
import { SignalBars } from '../../../charts/signal-bars/signal-bars.tsx';
import { StripPlot } from '../../../charts/strip-plot/strip-plot.tsx';
import { TokenBars } from '../../../charts/token-bars/token-bars.tsx';
import { TokenStrip } from '../../../charts/token-strip/token-strip.tsx';
import { FINGERPRINT_SPECIMENS } from './fingerprint-specimens.tsx';
import styles from './gallery-page.module.css';

const SIGNALS = specimenSignals();
const TRACES = specimenTraces();
const VARIANTS = specimenVariants();
const FINDINGS = specimenFindings();
const COVERAGE = specimenCoverage();
const GRAPH = specimenGraph();
const CLASSES = specimenClasses();
const PICTURES = specimenPictures();
/** Strongest where the specimen's patch lies. */
const GRID = { rows: 6, columns: 6, values: Array.from({ length: 36 }, (_, cell) => 1 / (1 + (5 - (cell % 6)) ** 2 + (5 - Math.floor(cell / 6)) ** 2)) };
const ATTENTION = specimenAttention(true);
const UNTRIGGERED = specimenAttention(false);

export function GalleryPage({ specimen }: { readonly specimen: string | undefined }): ReactElement {
  const specimens: readonly (readonly [string, string, ReactNode])[] = [
    ['strip-plot', 'How far a candidate lies from its controls, one row a signal. Each row has its own scale.', <StripPlot key="s" signals={SIGNALS} fileName="specimen-signals" />],
    ['entropy-traces', 'How sure the model is, token by token. A fired trigger that recites drops to zero.', <EntropyTraces key="e" {...TRACES} fileName="specimen-entropy" />],
    ['rate-bars', 'Which changed forms of a phrase fire, with intervals.', <RateBars key="r" title="Variants" rows={VARIANTS} fileName="specimen-variants" />],
    ['signal-bars', 'Height: 1 − p, the share of controls it goes beyond. Red: p ≤ .01 or beyond them all. Outlined: never compared. Dashed: not measured.', <SignalBarsSpecimen key="b" />],
    ['coverage-bar', 'What ran, runs, is to come, failed, was not tested.', <div key="c" className={styles.narrow}><CoverageBar entries={COVERAGE} /><p>{summariseCoverage(COVERAGE).text}</p></div>],
    ['graph-path', 'The part of a graph that a finding is about, from the input to where it takes effect.', <GraphPath key="g" title="From the input to where it takes effect" {...GRAPH} fileName="specimen-graph" />],
    ['layer-heads', 'Where the attention to the trigger sits. Click picks a head.', <LayerHeadsSpecimen key="l" thumbnails={false} />],
    ['layer-heads-maps', 'Every head’s matrix as a thumbnail, each on its own scale.', <LayerHeadsSpecimen key="t" thumbnails />],
    ['class-bars', 'The smallest trigger for each class: one that ends left of the band is out of proportion.', <ClassBars key="cb" evidence={CLASSES} fileName="specimen-classes" />],
    ['grid-map', 'What an answer hangs on, or where attention goes, over the picture. Framed: the strongest part.', <GridMap key="gm" picture={PICTURES.stamp.picture} map={GRID} size={168} label="A specimen" least={0} />],
    ['picture-pairs', 'A reconstructed trigger, and pictures before and after it. Framed: moved to the target.', <PicturePairs key="pp" evidence={PICTURES} fileName="specimen-pictures" />],
    ['attention-difference', 'What a trigger changed: with minus without, for the tokens both prompts have.', <DifferenceSpecimen key="d" />],
    ['attention', 'Tokens with arcs, bars and matrix of one query: hover and click as on the attention page.', <AttentionSpecimen key="a" />],
    ...FINGERPRINT_SPECIMENS,
  ];
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Chart gallery</h1>
        <p>Specimens drawn from a random generator, to show how each chart reads. Nothing here was measured on a model.</p>
      </div>
      <div className={styles.grid}>
        {specimens.filter(([id]) => specimen === undefined || id === specimen).map(([id, what, chart]) => (
          <section key={id} id={`specimen-${id}`} className={styles.specimen} aria-label={id}>
            <h2><a href={`#/gallery/${id}`}>{id}</a> <span>specimen</span></h2>
            <p>{what}</p>
            {chart}
          </section>
        ))}
      </div>
    </div>
  );
}

function SignalBarsSpecimen(): ReactElement {
  const columns = SIGNALS.map(({ name }) => name);
  return (
    <ul className={styles.bars}>
      {FINDINGS.map((finding) => <li key={finding.id}><span>{finding.id}</span><SignalBars signals={finding.signals} columns={columns} /></li>)}
    </ul>
  );
}

function LayerHeadsSpecimen({ thumbnails }: { readonly thumbnails: boolean }): ReactElement {
  const [picked, pick] = useState<{ readonly layer: number; readonly head: number }>();
  return <div className={styles.narrow}><LayerHeads title="Layers × heads" view={ATTENTION} layer={picked?.layer ?? 'mean'} head={picked?.head ?? 'mean'} onPick={(layer, head) => pick({ layer, head })} thumbnails={thumbnails} fileName="specimen-layers-heads" /></div>;
}

function DifferenceSpecimen(): ReactElement {
  const { tokens } = ATTENTION;
  const n = tokens.length;
  const range = triggerRange(tokens) ?? [n, n];
  const width = range[1] - range[0];
  const map = tokens.map((_, index) => (index < range[0] ? index : index < range[1] ? -1 : index - width));
  const matrix = differenceOf(matrixOf(ATTENTION, 'mean', 'mean'), matrixOf(UNTRIGGERED, 'mean', 'mean'), n, UNTRIGGERED.tokens.length, map);
  return <AttentionMatrix title="With − without" source="specimen" note="+ more, − less" tokens={tokens} matrix={matrix} difference max={differenceTop(matrix, n, true)} hideSinks trigger={range} query={choosingQuery(tokens)} cross={{}} onHover={ignore} onLock={ignore} fileName="specimen-difference" />;
}

function ignore(): void {}

function AttentionSpecimen(): ReactElement {
  const [hover, setHover] = useState<{ readonly query?: number; readonly key?: number }>({});
  const [locked, setLocked] = useState<{ readonly query: number; readonly key?: number }>();
  const matrix = matrixOf(ATTENTION, 'mean', 'mean');
  const { tokens } = ATTENTION;
  const cross = hover.query === undefined && hover.key === undefined ? (locked ?? {}) : hover;
  const query = cross.query ?? locked?.query ?? choosingQuery(tokens);
  const row = rowOf(matrix, tokens.length, query);
  return (
    <>
      <TokenStrip label="Tokens" tokens={tokens} query={query} weights={row} hideSinks lit={cross.key} onHover={(token) => setHover(token === undefined ? {} : { query: token })} onLock={(token) => setLocked(locked?.query === token ? undefined : { query: token })} />
      <TokenBars title="From the query" note="" source="specimen" tokens={tokens.slice(0, query + 1)} values={row.slice(0, query + 1)} hideSinks lit={cross.key} onHover={(key) => setHover(key === undefined ? {} : { query, key })} fileName="specimen-bars" />
      <AttentionMatrix title="Mean of all heads" source="specimen" note="rows: query, columns: key" tokens={tokens} matrix={matrix} max={colourTop([{ matrix, n: tokens.length }], true)} hideSinks trigger={triggerRange(tokens)} query={query} cross={cross} onHover={(cell) => setHover(cell ?? {})} onLock={(cell) => setLocked(cell)} fileName="specimen-matrix" />
    </>
  );
}
