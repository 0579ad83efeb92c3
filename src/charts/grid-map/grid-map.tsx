// A picture with a map over it: the stronger a cell, the less of the picture is dimmed, so that colours stay readable; the
// strongest cell is framed as well, for those who cannot tell shades.
import type { ReactElement } from 'react';
import type { PictureData } from '../../engine/core/finding.ts';
import { Picture } from '../picture-pairs/picture-pairs.tsx';
import { layoutGrid, type GridValues } from './layout.ts';
import styles from './grid-map.module.css';

export interface GridMapProps {
  readonly picture: PictureData;
  readonly map: GridValues | undefined;
  readonly size: number;
  readonly label: string;
  /** What the strongest value is measured against. */
  readonly least: number;
}

export function GridMap({ picture, map, size, label, least }: GridMapProps): ReactElement {
  const cells = map === undefined ? [] : layoutGrid(map, least);
  const top = cells.reduce<number>((best, { strength }, at) => (strength > (cells[best]?.strength ?? 0) ? at : best), 0);
  return (
    <span className={styles.map}>
      <Picture picture={picture} size={size} label={label} />
      {map !== undefined && (
        <svg className={styles.over} viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label={`${label}, map`}>
          {cells.map(({ x, y, width, height, strength, value }, at) => (
            <rect key={at} x={x} y={y} width={width} height={height} fill="var(--critical)" fillOpacity={0.75 * strength} stroke={at === top && strength > 0 ? 'var(--ink)' : 'none'} strokeWidth={0.012}>
              <title>{value.toFixed(2)}</title>
            </rect>
          ))}
        </svg>
      )}
    </span>
  );
}
