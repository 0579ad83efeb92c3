// A part of a model's graph (layout.ts): operators, the constants they are given, and what a finding is about, marked.
import { useMemo, useState, type ReactElement } from 'react';
import type { GraphEdge, GraphNode } from '../../engine/core/finding.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import styles from './graph-path.module.css';
import { BOX, layoutGraph } from './layout.ts';

/** Shrunk to the room there is down to this scale, and moved within it beyond. */
const LEAST_SCALE = 0.75;

export interface GraphPathProps {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly fileName: string;
}

export function GraphPath({ title, nodes, edges, fileName }: GraphPathProps): ReactElement {
  const layout = useMemo(() => layoutGraph(nodes, edges), [nodes, edges]);
  const [on, setOn] = useState<string>();
  const shown = nodes.find(({ id }) => id === on);
  return (
    <ChartFrame
      interactive
      title={title}
      note="thick border: what decides and where it takes effect · dashed: constants"
      description={nodes.filter(({ marked }) => marked === true).map(({ kind, label, note }) => `${kind} ${label} ${note ?? ''}`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['node', 'kind', 'marked', 'note', 'from'], rows: nodes.map(({ id, kind, label, marked, note }) => [label, kind, marked === true ? 'yes' : '', note ?? '', edges.filter(({ to }) => to === id).map(({ from }) => nodes.find((other) => other.id === from)?.label ?? from).join(', ')]) })}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={`${title}: scrolls`}>
        <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} style={{ minWidth: LEAST_SCALE * layout.width }} className={styles.svg} onPointerLeave={() => setOn(undefined)}>
          {layout.edges.map(({ from, to, path }) => <path key={`${from} ${to}`} d={path} className={on === from || on === to ? styles.edgeOn : styles.edge} />)}
          {layout.nodes.map(({ node, x, y }) => (
            <g key={node.id} transform={`translate(${x} ${y})`} onPointerEnter={() => setOn(node.id)}>
              <title>{`${node.kind} ${node.label}${node.note === undefined ? '' : `: ${node.note}`}`}</title>
              <rect width={BOX.width} height={BOX.height} rx={6} className={classOf(node)} />
              <text x={9} y={17} className={styles.kind}>{node.kind}</text>
              <text x={9} y={33} className={styles.note}>{fit(node.note ?? node.label)}</text>
            </g>
          ))}
        </svg>
      </div>
      <p className={styles.line} aria-live="polite">{shown === undefined ? ' ' : `${shown.kind} · ${shown.label}${shown.note === undefined ? '' : ` · ${shown.note}`}`}</p>
    </ChartFrame>
  );
}

function classOf({ kind, marked }: GraphNode): string | undefined {
  if (marked === true) return styles.marked;
  if (kind === 'constant') return styles.constant;
  return kind === 'input' || kind === 'output' ? styles.port : styles.box;
}

function fit(text: string): string {
  const most = 17;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
