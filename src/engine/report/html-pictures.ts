// A reconstructed trigger on pictures, as images inside the page: the trigger, and each picture before and after it was put on.
import type { ClassChance, PictureData, PicturesEvidence } from '../core/finding.ts';
import { escape } from './html-parts.ts';
import { pngUri } from './png.ts';

/** Of the longer side, in CSS pixels: pictures of a few pixels are enlarged, and none fills the page. */
const STAMP_SIZE = 120;
const PAIR_SIZE = 84;

export function picturesHtml({ stamp, rows, target, targetLabel }: PicturesEvidence): string {
  const made = rows.filter((row) => row.made).length;
  const second = stamp.mask === undefined ? figure(stamp.pattern, 'the overlay alone, around grey') : figure(stamp.mask, 'its mask: where it covers, in white');
  const aim = target === undefined ? '' : `towards ${targetLabel ?? `class ${target}`}; `;
  return `<p>${escape(`A ${stamp.family}, ${aim}${rows.length} ${rows.length === 1 ? 'picture' : 'pictures'} before and after it${made === 0 ? '' : `, ${made === rows.length ? 'all' : made} brought by Assay and none of yours`}. ◆: it left its class.`)}</p>
<div class="pictures">${figure(stamp.picture, 'the trigger, on grey')}${second}</div>
<div class="pictures">${rows.map((row, at) => pair(row, at, targetLabel)).join('\n')}</div>`;
}

function pair({ made, before, after, beforeTop, afterTop, targetBefore, targetAfter }: PicturesEvidence['rows'][number], at: number, targetLabel: string | undefined): string {
  const name = `picture ${at + 1}${made ? ' (brought by Assay)' : ''}`;
  const aim = targetBefore === undefined || targetAfter === undefined ? '' : `<br>${escape(`${targetLabel ?? 'target'}: ${targetBefore.toFixed(2)} → ${targetAfter.toFixed(2)}`)}`;
  return `<figure>${image(before, PAIR_SIZE, `${name} before: ${chance(beforeTop)}`)} <span aria-hidden="true">→</span> ${image(after, PAIR_SIZE, `${name} after: ${chance(afterTop)}`)}<figcaption><b>${escape(name)}</b><br>before: ${escape(chance(beforeTop))}<br>after: ${escape(chance(afterTop))}${afterTop.class === beforeTop.class ? '' : ' ◆'}${aim}</figcaption></figure>`;
}

function figure(picture: PictureData, caption: string): string {
  return `<figure>${image(picture, STAMP_SIZE, caption)}<figcaption>${escape(caption)}</figcaption></figure>`;
}

function chance({ label, p }: ClassChance): string {
  return `${label} ${p.toFixed(2)}`;
}

function image(picture: PictureData, size: number, text: string): string {
  const uri = pngUri(picture);
  if (uri === undefined) return '<em>a picture whose data does not fit its size</em>';
  const scale = size / Math.max(picture.width, picture.height);
  const side = (pixels: number): number => Math.max(1, Math.round(pixels * scale));
  return `<img src="${uri}" width="${side(picture.width)}" height="${side(picture.height)}" alt="${escape(text)}">`;
}
