// What the reader sees of a scan: the classes' sizes beside each other, pictures before and after, a stamp in words.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Evidence } from '../../../core/finding.ts';
import { robustScale } from '../../../core/statistics.ts';
import type { Probability } from '../../../core/units.ts';
import { softmaxRows, type ImageClassifier } from '../../../runtime/classifier.ts';
import type { Found, Scan } from '../found.ts';
import { type Base } from '../pictures/bases.ts';
import { concat } from '../pictures/pixels.ts';
import { isVeil, stamped, type Family, type Stamp } from '../search/stamp.ts';
import { toPicture } from './evidence-image.ts';

const PICTURES_SHOWN = 6;

export function describeStamp({ inversion, proof }: Pick<Found, 'inversion' | 'proof'>, { spec: { height, width } }: ImageClassifier): string {
  if (inversion.stamp.family === 'blend') return `an addition of ${percent(inversion.size)} of the pixel range over the whole picture`;
  if (isVeil(inversion.stamp)) return `one smooth picture blended over the whole picture, ${percent(inversion.size)} of it`;
  const strong = [...(inversion.stamp.mask ?? []).entries()].filter(([, weight]) => weight > 0.5).map(([place]) => place);
  if (strong.length === 0) return proof.core === undefined ? `about ${Math.max(1, Math.round(inversion.size))} pixels of ${width} x ${height}` : `${proof.core.pixels} pixels of ${width} x ${height}`;
  const [rows, columns] = [strong.map((place) => Math.floor(place / width)), strong.map((place) => place % width)];
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return `${strong.length} pixels within ${Math.max(...columns) - left + 1} x ${Math.max(...rows) - top + 1} at column ${left}, row ${top} of ${width} x ${height}`;
}

/** What was measured of every class, the suspect beside the others; sizes where these were searched, else the patches from each class singly, else squares. */
export function classEvidence(scan: Scan, model: ImageClassifier, family: Family, suspect: number): Evidence[] {
  const { title, unit, values } = measuredOfClasses(scan, family);
  const finite = values.flatMap(({ value }) => (Number.isFinite(value) ? [value] : []));
  if (finite.length === 0) return [];
  const others = values.filter(({ target }) => target !== suspect).map(({ value }) => Math.log(Math.max(1e-9, Number.isFinite(value) ? value : 2 * Math.max(...finite))));
  const { median, scale } = robustScale(others);
  return [
    {
      kind: 'class-sizes',
      title,
      unit,
      suspect,
      null: [Math.exp(median - 2 * Math.max(0.18, scale)), Math.exp(median), Math.exp(median + 2 * Math.max(0.18, scale))],
      rows: values.map(({ target, value, success }) => ({ class: target, label: labelOf(model, target), value: Number.isFinite(value) ? value : null, success })),
    },
  ];
}

/** A softmax leaves nothing; a logarithmic scale needs something. */
const LEAST_LEFT = 1e-3;

interface MeasuredOfClasses {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly { readonly target: number; readonly value: number; readonly success: Probability }[];
}

function measuredOfClasses({ inversions, table, pairs, boxes }: Scan, family: Family): MeasuredOfClasses {
  if (inversions[family].length > 0) {
    return {
      title: family === 'patch' ? 'Smallest patch that reaches each class' : 'Faintest overlay that reaches each class',
      unit: family === 'patch' ? 'pixels' : 'share of pixel range',
      values: inversions[family].map(({ target, size, success }) => ({ target, value: size, success })),
    };
  }
  if (table !== undefined) {
    return {
      title: 'Smallest patches from each class singly, beside what that class usually needs',
      unit: 'of the usual',
      values: [...new Set(pairs.map(({ inversion: { target } }) => target))].map((target) => {
        const own = pairs.filter(({ inversion }) => inversion.target === target);
        return { target, value: Math.exp(table.targets[target] ?? 0), success: own.reduce((sum, { inversion }) => sum + inversion.success, 0) / Math.max(1, own.length) };
      }),
    };
  }
  return {
    title: 'What the best square for each class leaves to the other classes on held-out pictures',
    unit: 'mean probability',
    values: boxes.flatMap(({ goal, reach, hits, of }) => (goal.kind === 'class' ? [{ target: goal.target, value: Math.max(LEAST_LEFT, 1 - reach), success: hits / Math.max(1, of) }] : [])),
  };
}

export async function pictureEvidence(rows: readonly Base[], stamp: Stamp, model: ImageClassifier, target: number | undefined, title: string, signal: CancelSignal): Promise<Evidence[]> {
  // One a class, as many classes as fit.
  const bySource = [...new Map(rows.map((base) => [base.seen, base])).values()].slice(0, PICTURES_SHOWN);
  if (bySource.length === 0) return [];
  const after = bySource.map(({ pixels }) => stamped(stamp, pixels));
  const logits = await model.scores({ kind: 'image', rows: 2 * after.length, pixels: concat([...bySource.map(({ pixels }) => pixels), ...after]) }, signal);
  const p = softmaxRows(logits, model.classes);
  const top = (row: number): { class: number; label: string; p: number } => {
    const own = p.subarray(row * model.classes, (row + 1) * model.classes);
    const best = own.indexOf(Math.max(...own));
    return { class: best, label: labelOf(model, best), p: own[best] ?? 0 };
  };
  const { spec } = model;
  const grey = new Float32Array(spec.channels * spec.height * spec.width).fill(0.5);
  return [
    {
      kind: 'pictures',
      title,
      ...(target === undefined ? {} : { target, targetLabel: labelOf(model, target) }),
      stamp: { family: stamp.family, picture: toPicture(spec, stamped(stamp, grey)), pattern: toPicture(spec, stamp.family === 'blend' ? stamp.pattern.map((value) => 0.5 + value / 2) : stamp.pattern), ...(stamp.mask === undefined ? {} : { mask: toPicture({ channels: 1, height: spec.height, width: spec.width }, stamp.mask) }) },
      rows: bySource.map(({ pixels, made }, row) => ({
        made,
        before: toPicture(spec, pixels),
        after: toPicture(spec, after[row] ?? pixels),
        beforeTop: top(row),
        afterTop: top(row + bySource.length),
        ...(target === undefined ? {} : { targetBefore: p[row * model.classes + target] ?? 0, targetAfter: p[(row + bySource.length) * model.classes + target] ?? 0 }),
      })),
    },
  ];
}

export function labelOf(model: ImageClassifier, index: number): string {
  return model.labels[index] ?? `class ${index}`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.095 ? 1 : 0)} %`;
}

export function round(value: number): number {
  return Number(value.toPrecision(3));
}
