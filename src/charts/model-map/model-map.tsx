// The map of models (layout.ts): drag to brush, click to select one; the table beside it does the same by keyboard.
import { useMemo, useState, type PointerEvent, type ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { useWidth } from '../frame/use-width.ts';
import { freeLabels, layoutMap, modelsIn, nearestModel, type MapModel, type Rectangle } from './layout.ts';
import styles from './model-map.module.css';

export interface ModelMapProps {
  readonly models: readonly MapModel[];
  readonly selected: ReadonlySet<number>;
  readonly onSelect: (models: readonly number[]) => void;
  readonly height?: number;
  readonly fileName: string;
}

const CLICK = 4;
const MOST_LABELS = 24;

export function ModelMap({ models, selected, onSelect, height = 300, fileName }: ModelMapProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(420);
  const placed = useMemo(() => layoutMap(models, width, height), [models, width, height]);
  const [brush, setBrush] = useState<Rectangle>();
  const at = (event: PointerEvent<SVGSVGElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const finish = (): void => {
    if (brush === undefined) return;
    const small = Math.abs(brush.x1 - brush.x0) < CLICK && Math.abs(brush.y1 - brush.y0) < CLICK;
    const near = nearestModel(placed, brush.x1, brush.y1, 12);
    onSelect(small ? (near === undefined ? [] : [near]) : modelsIn(placed, brush));
    setBrush(undefined);
  };
  const wished = [...selected, ...placed.filter(({ index, mark }) => mark === 'high' && !selected.has(index)).map(({ index }) => index)];
  const labelled = new Set(freeLabels(placed, wished.slice(0, MOST_LABELS), width));
  return (
    <ChartFrame
      title="Map"
      note="drag to select · ◆ high ■ medium ○ low · dots: reference"
      description={`${models.length} models on the two main directions of the reference; ${models.filter(({ mark }) => mark === 'high').length} flagged`}
      interactive
      fileName={fileName}
      table={() => ({ columns: ['model', 'mark', 'known planted', 'x', 'y'], rows: models.map(({ name, mark, planted, x, y }) => [name, mark, planted ? 'yes' : '', x, y]) })}
    >
      <div ref={ref}>
        <svg
          width={width}
          height={height}
          className={styles.map}
          role="img"
          aria-label="Models by similarity"
          onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); const [x, y] = at(event); setBrush({ x0: x, y0: y, x1: x, y1: y }); }}
          onPointerMove={(event) => { if (brush === undefined) return; const [x, y] = at(event); setBrush({ ...brush, x1: x, y1: y }); }}
          onPointerUp={finish}
          onPointerCancel={() => setBrush(undefined)}
        >
          {placed.map(({ index, name, px, py, mark, planted }) => (
            <g key={index} className={selected.has(index) ? styles.selected : selected.size > 0 ? styles.dim : undefined}>
              <title>{`${name}${planted ? ' (known planted)' : ''}`}</title>
              {mark === 'reference' && <circle cx={px} cy={py} r={3.5} className={styles.reference} />}
              {mark === 'low' && <circle cx={px} cy={py} r={4} className={styles.low} />}
              {mark === 'medium' && <rect x={px - 4} y={py - 4} width={8} height={8} className={styles.medium} />}
              {mark === 'high' && <path d={`M${px} ${py - 6}l6 6l-6 6l-6 -6z`} className={styles.high} />}
            </g>
          ))}
          {placed.filter(({ index }) => labelled.has(index)).map(({ index, name, px, py }) => (
            <text key={index} x={px > width - 90 ? px - 9 : px + 9} y={py + 4} textAnchor={px > width - 90 ? 'end' : 'start'} className={styles.label}>{name.split('/').at(-1)}</text>
          ))}
          {brush !== undefined && <rect x={Math.min(brush.x0, brush.x1)} y={Math.min(brush.y0, brush.y1)} width={Math.abs(brush.x1 - brush.x0)} height={Math.abs(brush.y1 - brush.y0)} className={styles.brush} />}
        </svg>
      </div>
    </ChartFrame>
  );
}
