// One picture without and with the trigger: what the model sees, how sure, and a map of what that hangs on.
import type { ReactElement } from 'react';
import { ChartFrame } from '../../../charts/frame/chart-frame.tsx';
import { GridMap } from '../../../charts/grid-map/grid-map.tsx';
import type { Sight } from '../../../engine/probes/image-trigger/look.ts';
import type { LabLook } from '../../../state/picture-lab.ts';
import { fileName } from '../../download.ts';
import styles from './picture-page.module.css';

export type MapKind = 'occlusion' | 'rollout' | 'none';

/** A fall of this probability is drawn at full strength where nothing falls further. */
const LEAST_FALL = 0.2;

export function LookView({ entry, map }: { readonly entry: LabLook; readonly map: MapKind }): ReactElement {
  const { without, with: stamped } = entry.look;
  const sights = [{ name: 'without', sight: without }, ...(stamped === undefined ? [] : [{ name: 'with the trigger', sight: stamped }])];
  const moved = stamped !== undefined && stamped.chances[0]?.class !== without.chances[0]?.class;
  return (
    <ChartFrame
      interactive
      title={entry.name}
      note={stamped === undefined ? 'no trigger' : moved ? `${without.chances[0]?.label ?? ''} becomes ${stamped.chances[0]?.label ?? ''}` : 'the class stays the same'}
      description={sights.map(({ name, sight }) => `${name}: ${sight.chances.map(({ label, p }) => `${label} ${p.toFixed(2)}`).join(', ')}`).join('; ')}
      fileName={fileName('assay', 'playground', entry.name)}
      table={() => ({ columns: ['picture', 'class', 'probability'], rows: sights.flatMap(({ name, sight }) => sight.chances.map(({ label, p }) => [name, label, p])) })}
    >
      <div className={styles.two}>
        {sights.map(({ name, sight }, at) => <SightView key={name} name={name} sight={sight} map={map} strong={at === 1 && moved} />)}
      </div>
    </ChartFrame>
  );
}

function SightView({ name, sight, map, strong }: { readonly name: string; readonly sight: Sight; readonly map: MapKind; readonly strong: boolean }): ReactElement {
  const values = map === 'none' ? undefined : sight[map];
  return (
    <div className={strong ? styles.sightMoved : styles.sight}>
      <div>
        <GridMap picture={sight.picture} map={values} size={168} label={`${name}: ${sight.chances[0]?.label ?? ''}`} least={map === 'occlusion' ? LEAST_FALL : 0} />
        <p className={styles.caption}>{map === 'rollout' && sight.rollout === undefined ? 'this model has no attention that can be read' : map === 'occlusion' ? 'red: covering this loses the class' : map === 'rollout' ? 'red: where attention goes' : ''}</p>
      </div>
      <div className={styles.chances}>
        <small>{name}</small>
        {sight.chances.map(({ class: index, label, p }, at) => (
          <div key={index} className={styles.chance}>
            <span className={styles.label} title={label}>{strong && at === 0 ? '◆ ' : ''}{label}</span>
            <span className={styles.track}><i className={strong && at === 0 ? styles.strong : styles.fill} style={{ width: `${100 * p}%` }} /></span>
            <span className={styles.value}>{(100 * p).toFixed(p < 0.1 ? 1 : 0)} %</span>
          </div>
        ))}
      </div>
    </div>
  );
}
