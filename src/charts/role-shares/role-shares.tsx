// Where one query's attention goes, by part (layout.ts): one bar a view, the trigger's in its own colour.
import type { ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { PARTS, type PartShare } from './layout.ts';
import styles from './role-shares.module.css';

export interface RoleSharesProps {
  readonly title: string;
  readonly views: readonly { readonly name: string; readonly shares: readonly PartShare[] }[];
  readonly fileName: string;
}

const LABEL = 62;
const VALUE = 42;
const BAR = 9;
const GAP = 9;

export function RoleShares({ title, views, fileName }: RoleSharesProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(268);
  const parts = PARTS.filter((part) => views.some(({ shares }) => shares.some((entry) => entry.part === part)));
  const room = Math.max(40, width - LABEL - VALUE);
  const row = views.length * (BAR + 2) + GAP;
  return (
    <ChartFrame
      title={title}
      description={views.map(({ name, shares }) => `${name}: ${shares.map(({ part, share }) => `${part} ${percent(share)}`).join(', ')}`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['view', 'part', 'tokens', 'share'], rows: views.flatMap(({ name, shares }) => shares.map(({ part, tokens, share }) => [name, part, tokens, share])) })}
    >
      <div ref={ref}>
        <svg width={width} height={parts.length * row} className={styles.svg}>
          {parts.map((part, index) => (
            <g key={part} transform={`translate(0 ${index * row})`}>
              <text x={0} y={(views.length * (BAR + 2)) / 2 + 3}>{part}</text>
              {views.map(({ name, shares }, at) => {
                const entry = shares.find((candidate) => candidate.part === part);
                const y = at * (BAR + 2);
                return (
                  <g key={name}>
                    <title>{`${name}: ${percent(entry?.share ?? 0)} on ${entry?.tokens ?? 0} tokens`}</title>
                    <rect x={LABEL} y={y} width={room} height={BAR} className={styles.track} />
                    <rect x={LABEL} y={y} width={room * (entry?.share ?? 0)} height={BAR} className={at === 0 && views.length > 1 ? styles.first : part === 'trigger' ? styles.trigger : styles.bar} />
                    <text x={LABEL + room + VALUE} y={y + BAR - 0.5} textAnchor="end" className={styles.value}>{entry === undefined ? '–' : percent(entry.share)}</text>
                  </g>
                );
              })}
            </g>
          ))}
        </svg>
        {views.length > 1 && <p className={styles.legend}>upper, outlined: {views[0]?.name} · lower, filled: {views[1]?.name}</p>}
      </div>
    </ChartFrame>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
