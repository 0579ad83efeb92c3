// What the scan found, as findings: the suspected class with its reconstructed trigger, its nulls and its proof.
import type { Evidence, Finding, Signal } from '../../core/finding.ts';
import { robustScale } from '../../core/statistics.ts';
import { softmaxRows, type ImageClassifier } from '../../runtime/classifier.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { concat, type Base } from './bases.ts';
import { probabilityOf, severityOf, spreadOdds, suspectsOf, type Suspect } from './confidence.ts';
import { toPicture } from './evidence-image.ts';
import { stamped, type Stamp } from './inversion.ts';
import { MIN_CLASSES } from './outliers.ts';
import type { Scan } from './scan.ts';

export const IMAGE_TRIGGER = 'image-trigger';
export const LIMITS =
  'Sees triggers that push pictures of most classes to one class, or every class to another: patches, blends, waves, filters. Can miss triggers that need one source class, bend the picture, send classes to others than their neighbours, or need content the search pictures lack; weak below five classes, where no class can stand out.';
const REMEDY = 'Do not deploy the model where its input can be chosen by others. Retrain from a trusted source, or fine-tune on clean data and audit again; compare with the publisher’s hash.';
const PICTURES_SHOWN = 6;

export async function toFindings(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
  const area = model.spec.height * model.spec.width;
  const suspects = suspectsOf(scan, area).sort((a, b) => b.odds - a.odds);
  const findings: Finding[] = [];
  const named = new Set<number>();
  for (const suspect of suspects) {
    const { target } = suspect.found.inversion;
    if (named.has(target)) continue;
    named.add(target);
    findings.push(await suspectFinding(scan, model, suspect, suspects.find((other) => other !== suspect && other.found.inversion.target === target), signal));
  }
  findings.push(await spreadFinding(scan, model, area, signal));
  return findings.filter(({ confidence }, at) => at === 0 || confidence >= 0.05);
}

async function suspectFinding(scan: Scan, model: ImageClassifier, suspect: Suspect, ally: Suspect | undefined, signal: CancelSignal): Promise<Finding> {
  const { found, features, odds } = suspect;
  const { inversion, outlier } = found;
  const label = labelOf(model, inversion.target);
  const confidence = probabilityOf(odds);
  const kind = kindOf(model, suspect, ally);
  const shown = kind === suspect.family || ally === undefined ? suspect : ally;
  const what = describeStamp(shown, model);
  const { held, interval, controls, core } = shown.found.proof;
  const [control] = controls;
  return {
    id: `${IMAGE_TRIGGER}:${inversion.target}`,
    rule: IMAGE_TRIGGER,
    title: `${kind === 'patch' ? 'A small patch' : 'A faint overlay'} turns pictures of other classes into ${label}`,
    severity: severityOf(confidence),
    confidence,
    location: {},
    trigger: { kind, value: what },
    target: { class: inversion.target, label },
    signals: [
      sizeSignal(scan, 'patch', inversion.target, model),
      sizeSignal(scan, 'blend', inversion.target, model),
      marginSignal(scan, inversion.target),
      { name: 'success', value: held.of === 0 ? 0 : held.hits / held.of, measured: `${held.hits} of ${held.of} held-out pictures of other classes go to ${label} with the trigger (95 % interval ${percent(interval[0])} to ${percent(interval[1])}).` },
    ],
    evidence: [
      ...classEvidence(scan, model, shown.family, inversion.target),
      ...(await pictureEvidence(scan.heldOut.filter(({ seen }) => seen !== inversion.target), shown.found.inversion.stamp, model, inversion.target, 'Held-out pictures before and after', signal)),
      {
        kind: 'table',
        title: 'Proof: what moves held-out pictures to the class, and what does not',
        columns: ['stamp', 'moved', 'of'],
        rows: [
          ['the reconstructed trigger', held.hits, held.of],
          ...(core === undefined ? [] : [[`its ${core.pixels} strongest pixels alone`, core.rate.hits, core.rate.of]]),
          ...controls.map(({ name, rate }) => [`control: ${name}`, rate.hits, rate.of]),
          ...shown.found.proof.without.map(({ part, rate }) => [part, rate.hits, rate.of]),
        ],
      },
      {
        kind: 'table',
        title: 'The same search for the next classes: what a model has by nature',
        columns: ['class', shown.family === 'patch' ? 'patch size (pixels)' : 'overlay strength (share of range)', 'held-out pictures moved', 'of'],
        rows: scan.finalists[shown.family].map(({ inversion: own, proof: { held: rate } }) => [labelOf(model, own.target), round(own.size), rate.hits, rate.of]),
      },
      {
        kind: 'text',
        title: 'How it was weighed',
        text: [
          `The class stands ${outlier.z.toFixed(1)} robust deviations from the other classes${scan.classes.length < MIN_CLASSES ? ' (too few classes for this to count)' : ''}, and the next class needs a trigger ${Math.exp(features.gap).toFixed(1)} times as large.`,
          `Controls of equal size move ${percent(features.controls)} of the pictures${control === undefined ? '' : ` (${control.name}: ${control.rate.hits} of ${control.rate.of})`}.`,
          `Log-odds ${odds.toFixed(1)} by the rule set on the tuning zoo.`,
          `Pictures: ${scan.search.length} searched on, ${scan.heldOut.length} held out, ${scan.heldOut.every(({ made }) => made) ? 'all made by Assay, none of them real' : 'some of them yours'}; ${scan.domain}.`,
          `Search: ${scan.plan.steps} steps a class, ${scan.plan.refine} more for the ${scan.plan.finalists} smallest; ${(scan.multiplyAdds / 1e9 / Math.max(1, scan.classes.length)).toFixed(1)} billion multiply-adds a class.`,
        ].join('\n'),
      },
    ],
    limits: LIMITS,
    remedy: REMEDY,
  };

  function sizeSignal(from: Scan, family: 'patch' | 'blend', target: number, classifier: ImageClassifier): Signal {
    const at = from.classes.indexOf(target);
    const own = from.inversions[family][at];
    const others = from.inversions[family].filter((_, index) => index !== at).map(({ size }) => size).filter(Number.isFinite);
    const unit = family === 'patch' ? 'pixels' : 'of range';
    return {
      name: family === 'patch' ? 'smallest patch' : 'faintest overlay',
      value: own?.size ?? 0,
      unit,
      ...(from.classes.length >= MIN_CLASSES ? { pValue: from.outliers[family][at]?.pValue ?? 1 } : {}),
      nullValues: others,
      measured: `${family === 'patch' ? 'Area of the smallest mask' : 'Strength of the faintest addition'} that sends pictures of other classes to ${labelOf(classifier, target)}, beside the same for the ${others.length} other classes; small is suspicious.`,
    };
  }
}

function marginSignal(scan: Scan, target: number): Signal {
  const at = scan.classes.indexOf(target);
  return {
    name: 'largest margin',
    value: scan.margins[at] ?? 0,
    unit: 'logits',
    ...(scan.classes.length >= MIN_CLASSES ? { pValue: scan.marginOutliers[at]?.pValue ?? 1 } : {}),
    nullValues: scan.margins.filter((_, index) => index !== at),
    measured: 'Largest lead of the class over the best other one, reached from random pictures by gradients, beside the other classes’; large is suspicious.',
  };
}

/** A mask whose weight lies close together is a patch; one that is strewn over the picture is a way of drawing an overlay. */
function kindOf(model: ImageClassifier, suspect: Suspect, ally: Suspect | undefined): 'patch' | 'blend' {
  const patch = suspect.family === 'patch' ? suspect : ally;
  if (patch === undefined) return 'blend';
  const compact = spreadOfMask(patch.found.inversion.stamp, model) <= COMPACT * Math.min(model.spec.height, model.spec.width);
  return compact || (suspect.family === 'patch' && ally === undefined) ? 'patch' : 'blend';
}

/** Root mean square distance of the mask's weight from its strongest place, in pixels: a 5 x 5 patch has about 2. */
const COMPACT = 0.16;
function spreadOfMask({ mask }: Stamp, { spec: { width } }: ImageClassifier): number {
  if (mask === undefined) return Number.POSITIVE_INFINITY;
  const strong = [...mask.entries()].filter(([, weight]) => weight > 0.3);
  const total = strong.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0) return Number.POSITIVE_INFINITY;
  const mean = (of: (place: number) => number): number => strong.reduce((sum, [place, weight]) => sum + weight * of(place), 0) / total;
  const [cy, cx] = [mean((place) => Math.floor(place / width)), mean((place) => place % width)];
  return Math.sqrt(mean((place) => (Math.floor(place / width) - cy) ** 2 + ((place % width) - cx) ** 2));
}

function describeStamp({ family, found }: Suspect, { spec: { height, width } }: ImageClassifier): string {
  const { inversion, proof } = found;
  if (family === 'blend') return `an addition of ${percent(inversion.size)} of the pixel range over the whole picture`;
  const strong = [...(inversion.stamp.mask ?? []).entries()].filter(([, weight]) => weight > 0.5).map(([place]) => place);
  if (strong.length === 0) return proof.core === undefined ? `about ${Math.max(1, Math.round(inversion.size))} pixels of ${width} x ${height}` : `${proof.core.pixels} pixels of ${width} x ${height}`;
  const [rows, columns] = [strong.map((place) => Math.floor(place / width)), strong.map((place) => place % width)];
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return `${strong.length} pixels within ${Math.max(...columns) - left + 1} x ${Math.max(...rows) - top + 1} at column ${left}, row ${top} of ${width} x ${height}`;
}

function classEvidence(scan: Scan, model: ImageClassifier, family: 'patch' | 'blend', suspect: number): Evidence[] {
  const values = scan.inversions[family].map(({ size }) => size);
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [];
  const others = scan.inversions[family].filter(({ target }) => target !== suspect).map(({ size }) => Math.log(Math.max(1e-9, Number.isFinite(size) ? size : 2 * Math.max(...finite))));
  const { median, scale } = robustScale(others);
  return [
    {
      kind: 'class-sizes',
      title: family === 'patch' ? 'Smallest patch that reaches each class' : 'Faintest overlay that reaches each class',
      unit: family === 'patch' ? 'pixels' : 'share of pixel range',
      suspect,
      null: [Math.exp(median - 2 * Math.max(0.18, scale)), Math.exp(median), Math.exp(median + 2 * Math.max(0.18, scale))],
      rows: scan.inversions[family].map(({ target, size, success }) => ({ class: target, label: labelOf(model, target), value: Number.isFinite(size) ? size : null, success })),
    },
  ];
}

async function pictureEvidence(rows: readonly Base[], stamp: Stamp, model: ImageClassifier, target: number | undefined, title: string, signal: CancelSignal): Promise<Evidence[]> {
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

async function spreadFinding(scan: Scan, model: ImageClassifier, area: number, signal: CancelSignal): Promise<Finding> {
  const { spread } = scan;
  const confidence = probabilityOf(spreadOdds(scan, area));
  return {
    id: `${IMAGE_TRIGGER}:all-to-all`,
    rule: IMAGE_TRIGGER,
    title: 'One patch sends pictures of every class to another class each',
    severity: severityOf(confidence),
    confidence,
    location: {},
    trigger: { kind: 'patch', value: `about ${Math.max(1, Math.round(spread.inversion.size))} pixels of ${model.spec.width} x ${model.spec.height}` },
    signals: [
      { name: 'left their class', value: spread.of === 0 ? 0 : spread.left / spread.of, measured: `${spread.left} of ${spread.of} held-out pictures leave their class with one patch.` },
      { name: 'classes reached', value: spread.targets, measured: 'Different classes that most of a class goes to; one or two in an ordinary model.' },
    ],
    evidence: [
      { kind: 'table', title: 'Where each class goes', columns: ['from', 'to', 'pictures', 'of'], rows: spread.map.map(({ from, to, hits, of }) => [labelOf(model, from), labelOf(model, to), hits, of]) },
      ...(await pictureEvidence(scan.heldOut, spread.inversion.stamp, model, undefined, 'Held-out pictures before and after', signal)),
    ],
    limits: LIMITS,
    remedy: REMEDY,
  };
}

function labelOf(model: ImageClassifier, index: number): string {
  return model.labels[index] ?? `class ${index}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.095 ? 1 : 0)} %`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
