// Inputs on a map (layout.ts): colour and size by how far they lie from the usual, a ring and a label around each group.
import { useEffect, useMemo, useRef, type ReactElement, type ReactNode } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { prepareCanvas, usePalette } from '../frame/palette.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutMap, type MapInput } from './layout.ts';
import styles from './scatter-map.module.css';

export interface ScatterMapProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly points: readonly MapInput[];
  readonly groupLabel: (group: number) => string;
  readonly height?: number;
  readonly fileName: string;
  readonly onGroup?: (group: number) => void;
}

export function ScatterMap({ title, note, points, groupLabel, height = 150, fileName, onGroup }: ScatterMapProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(320);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const layout = useMemo(() => layoutMap(points, width, height), [points, width, height]);
  useEffect(() => {
    const context = canvas.current === null ? null : prepareCanvas(canvas.current, width, height);
    if (context === null) return;
    for (const { x, y, heat, group, dimmed } of [...layout.marks].sort((a, b) => a.heat - b.heat)) {
      context.globalAlpha = dimmed ? 0.1 : 0.4 + 0.5 * heat;
      context.fillStyle = group >= 0 ? palette.critical : heat > 0.5 ? palette.mark : palette.ink3;
      context.beginPath();
      context.arc(x, y, 1.3 + heat, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }, [layout, palette, width, height]);
  return (
    <ChartFrame
      title={title}
      note={note}
      description={`${points.length} sampled inputs; ${layout.groups.map(({ group }) => groupLabel(group)).join('; ') || 'no unusual groups'}`}
      fileName={fileName}
      interactive={onGroup !== undefined}
      table={() => ({ columns: ['x', 'y', 'distance score', 'group'], rows: points.map(({ x, y, score, group }) => [x, y, score, group < 0 ? '' : groupLabel(group)]) })}
    >
      <div ref={ref} className={styles.box} style={{ height }}>
        <canvas ref={canvas} />
        <svg width={width} height={height} className={styles.over}>
          {layout.groups.map(({ group, x, y, radius }) => {
            const right = x > width * 0.55;
            return (
              <g
                key={group}
                {...(onGroup === undefined ? {} : { role: 'button', tabIndex: 0, 'aria-label': groupLabel(group) })}
                onClick={() => onGroup?.(group)}
                onKeyDown={(event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onGroup?.(group); } }}
              >
                <circle cx={x} cy={y} r={radius} className={styles.ring} />
                <text x={right ? x - radius - 4 : x + radius + 4} y={Math.max(10, y - 4)} textAnchor={right ? 'end' : 'start'} className={styles.label}>{groupLabel(group)}</text>
              </g>
            );
          })}
        </svg>
      </div>
    </ChartFrame>
  );
}
