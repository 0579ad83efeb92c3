// The reconstructed trigger, and pictures before and after it was stamped on them, with what the model says of each.
import { useEffect, useRef, type ReactElement } from 'react';
import type { PictureData, PicturesEvidence } from '../../engine/core/finding.ts';
import { rgbaOf } from '../../engine/core/picture-pixels.ts';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { layoutPair } from './layout.ts';
import styles from './picture-pairs.module.css';

export function PicturePairs({ evidence, fileName }: { readonly evidence: PicturesEvidence; readonly fileName: string }): ReactElement {
  const { stamp, rows, target, targetLabel } = evidence;
  const pairs = rows.map((row) => ({ row, bars: layoutPair(row, target) }));
  const moved = pairs.filter(({ bars }) => bars.moved).length;
  const made = rows.filter((row) => row.made).length;
  return (
    <ChartFrame
      interactive
      title={evidence.title}
      note={`${moved} of ${rows.length} shown ${targetLabel === undefined ? 'leave their class' : `become ${targetLabel}`}${made > 0 ? ` · ${made === rows.length ? 'all' : made} brought by Assay, none of them yours` : ''}`}
      description={pairs.map(({ bars: { before, after } }) => `${before.label} ${before.share.toFixed(2)} becomes ${after.label} ${after.share.toFixed(2)}`).join('; ')}
      fileName={fileName}
      table={() => ({ columns: ['picture', 'before', 'probability', 'after', 'probability after', 'made'], rows: rows.map(({ beforeTop, afterTop, made: own }, at) => [at + 1, beforeTop.label, beforeTop.p, afterTop.label, afterTop.p, own ? 'yes' : 'no']) })}
    >
      <div className={styles.grid}>
        <figure className={styles.stamp}>
          <Picture picture={stamp.picture} size={104} label="the trigger on grey" />
          <figcaption>trigger on grey</figcaption>
          {stamp.mask === undefined ? <><Picture picture={stamp.pattern} size={104} label="the overlay around grey" /><figcaption>overlay, around grey</figcaption></> : <><Picture picture={stamp.mask} size={104} label="the mask" /><figcaption>mask</figcaption></>}
        </figure>
        <ul className={styles.pairs}>
          {pairs.map(({ row, bars }, at) => (
            <li key={at} className={bars.moved ? styles.moved : styles.pair}>
              <div className={styles.two}>
                <Picture picture={row.before} size={72} label={`before: ${bars.before.label}`} />
                <span aria-hidden="true">→</span>
                <Picture picture={row.after} size={72} label={`after: ${bars.after.label}`} />
              </div>
              <Chance name="before" {...bars.before} strong={false} />
              <Chance name="after" {...bars.after} strong={bars.moved} />
            </li>
          ))}
        </ul>
      </div>
    </ChartFrame>
  );
}

function Chance({ name, label, share, strong }: { readonly name: string; readonly label: string; readonly share: number; readonly strong: boolean }): ReactElement {
  return (
    <div className={styles.chance}>
      <span className={styles.name}>{name}</span>
      <span className={styles.track}><i style={{ width: `${100 * share}%` }} className={strong ? styles.strong : styles.fill} /></span>
      <span className={styles.label} title={label}>{strong ? '◆ ' : ''}{label} {Math.round(100 * share)} %</span>
    </div>
  );
}

export function Picture({ picture, size, label }: { readonly picture: PictureData; readonly size: number; readonly label: string }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const rgba = rgbaOf(picture);
    const context = canvas.current?.getContext('2d');
    if (rgba !== undefined && context !== null && context !== undefined) context.putImageData(new ImageData(rgba, picture.width, picture.height), 0, 0);
  }, [picture]);
  return <canvas ref={canvas} width={picture.width} height={picture.height} role="img" aria-label={label} className={styles.picture} style={{ width: size, height: (size * picture.height) / picture.width }} />;
}
