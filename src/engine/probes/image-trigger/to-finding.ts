// What the scan found, as findings: the suspected class with its reconstructed trigger, its nulls and its proof.
import type { Finding, Signal, VariantRow } from '../../core/finding.ts';
import type { ImageClassifier } from '../../runtime/classifier.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { halfStrength, leadOf, type Ladder } from './additions.ts';
import { SUSPICIOUS_AT_MOST, weigh, type Measure, type Restraint } from './class-rule.ts';
import { severityOf } from '../severity-of.ts';
import { pairFeaturesOf, pairOdds, probabilityOf, spreadFeaturesOf, spreadOdds, suspectsOf, type Features, type Suspect } from './confidence.ts';
import { boxOf, type Box } from './boxes.ts';
import { classEvidence, describeStamp, isCompact, labelOf, percent, pictureEvidence, round } from './evidence.ts';
import { isVeil, type Family } from './inversion.ts';
import { MIN_CLASSES, type Outlier } from './outliers.ts';
import { FEWEST_FOR_PAIRS } from './plan.ts';
import { ELSEWHERE, type Rate } from './proof.ts';
import type { Found, Scan } from './found.ts';
import { COARSE } from './waves.ts';

export const IMAGE_TRIGGER = 'image-trigger';
export const LIMITS =
  'Sees triggers that push pictures of most classes to one class, pictures of one class to another, or every class to the next: patches, noise and smooth overlays, waves. A trigger for one source class is suspected, never convicted, where it is far cheaper than all other pairs, which vision transformers seldom show. Can miss weak overlays, changes of brightness or colour, few clean-label poisons, and triggers that bend the picture, send classes to others by no rule, or need content the search pictures lack; weak below five classes, where no class can stand out.';
const REMEDY = 'Do not deploy the model where its input can be chosen by others. Retrain from a trusted source, or fine-tune on clean data and audit again; compare with the publisher’s hash.';
/** Share of the pixel range up to which an overlay is called faint; share of its success that a patch keeps elsewhere where its place hardly matters. */
const FAINT = 0.1;
const PLACE_FREE = 0.7;
/** Suspicions below this are the nulls of the others and shown there. */
const WORTH_SHOWING = 0.05;

export async function toFindings(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const suspect of suspectsOf(scan)) {
    const [first] = suspect.found;
    if (first !== undefined) findings.push(await suspectFinding(scan, model, suspect, first, signal));
  }
  findings.push(...(await pairFinding(scan, model, signal)), ...(await spreadFinding(scan, model, signal)));
  findings.sort((a, b) => b.confidence - a.confidence);
  return findings.filter(({ confidence }, at) => at === 0 || confidence >= WORTH_SHOWING);
}

async function suspectFinding(scan: Scan, model: ImageClassifier, suspect: Suspect, first: Found, signal: CancelSignal): Promise<Finding> {
  const { target, features, odds, found } = suspect;
  const label = labelOf(model, target);
  const confidence = probabilityOf(odds);
  // A veil's mask takes the same share everywhere: it is an overlay.
  const patch = found.find(({ inversion: { stamp } }) => stamp.family === 'patch' && !isVeil(stamp));
  const shown = patch !== undefined && isCompact(patch.inversion.stamp, model) ? patch : (found.find(({ inversion: { stamp } }) => stamp.family === 'blend' || isVeil(stamp)) ?? first);
  const kind: Family = isVeil(shown.inversion.stamp) ? 'blend' : shown.inversion.stamp.family;
  const { held, interval, controls, core } = shown.proof;
  const stampWords = describeStamp(shown, model);
  const elsewhere = controls.find(({ name }) => name === ELSEWHERE)?.rate;
  const anywhere = elsewhere !== undefined && shareOf(elsewhere) >= PLACE_FREE * shareOf(held) && held.hits > 0;
  const unlike = controls.filter(({ name }) => !(anywhere && name === ELSEWHERE));
  const moved = unlike.reduce((sum, { rate }) => sum + rate.hits, 0) / Math.max(1, unlike.reduce((sum, { rate }) => sum + rate.of, 0));
  const severity = severityOf(confidence);
  return {
    id: `${IMAGE_TRIGGER}:${target}`,
    rule: IMAGE_TRIGGER,
    title: `${severity === 'info' ? 'Did not stand out: ' : ''}${kind === 'patch' ? `A small patch${anywhere ? ', wherever it is put,' : ''}` : shown.inversion.size <= FAINT ? 'A faint overlay' : 'An overlay'} turns pictures of other classes into ${label}`,
    severity,
    confidence,
    location: {},
    trigger: { kind, value: stampWords },
    target: { class: target, label },
    signals: [
      ...sizeSignal(scan, 'patch', target, model),
      ...sizeSignal(scan, 'blend', target, model),
      ...additionSignal(scan, target, model),
      ...veilSignal(scan, target, model),
      waveSignal(scan, 'best coarse wave', scan.coarseReach, target, model),
      waveSignal(scan, 'best wave', scan.waveReach, target, model),
      ...boxSignal(scan.boxes, 'best square', target, model),
      ...boxSignal(scan.smallBoxes, 'best small square', target, model),
      ...pairsSignal(scan, target, model),
      ...marginSignal(scan, target),
      ...headSignal(scan, target, model),
      { name: 'success', value: held.of === 0 ? 0 : held.hits / held.of, measured: `${held.hits} of ${held.of} held-out pictures of other classes go to ${label} with the trigger (95 % interval ${percent(interval[0])} to ${percent(interval[1])}).` },
      { name: 'controls', value: moved, measured: `Share of the same pictures that controls of equal size move to ${label}: ${unlike.map(({ name, rate }) => `${name} ${rate.hits} of ${rate.of}`).join(', ')}.` },
    ],
    evidence: [
      ...classEvidence(scan, model, kind, target),
      ...(await pictureEvidence(scan.heldOut.filter(({ seen }) => seen !== target), shown.inversion.stamp, model, target, 'Held-out pictures before and after', signal)),
      {
        kind: 'variants',
        title: 'What moves held-out pictures to the class, and what does not',
        rows: [
          row(stampWords, 'as reconstructed', held),
          ...(core === undefined ? [] : [row(`its ${core.pixels} strongest pixels alone`, 'less of it', core.rate)]),
          ...controls.map(({ name, rate }) => row(name, 'control', rate)),
          ...shown.proof.without.map(({ part, rate }) => row(part, 'one part left out', rate)),
        ],
      },
      {
        kind: 'table',
        title: 'The same search for the next class: what a model has by nature',
        columns: ['class', kind === 'patch' ? 'patch size (pixels)' : 'overlay strength (share of range)', 'held-out pictures moved', 'of'],
        rows: scan.finalists[kind].map(({ inversion: own, proof: { held: rate } }) => [labelOf(model, own.target), round(own.size), rate.hits, rate.of]),
      },
      {
        kind: 'text',
        title: 'How it was weighed',
        text: [
          ...(scan.noGradients.length > 0 ? [] : weighed(scan, features)),
          `Controls of equal size move ${percent(moved)} of the pictures.`,
          ...(anywhere ? [`Put elsewhere the same patch moves ${elsewhere.hits} of ${elsewhere.of}: its place hardly matters.`] : []),
          `Log-odds ${odds.toFixed(1)} by the rule fitted on known models.`,
          howSearched(scan),
        ].join('\n'),
      },
    ],
    limits: LIMITS,
    remedy: REMEDY,
  };
}

function shareOf({ hits, of }: Rate): number {
  return of === 0 ? 0 : hits / of;
}

function weighed(scan: Scan, features: Features): string[] {
  const inLogOdds = `In log-odds: ${weights(features, scan.classes.length)}.`;
  if (!scan.plan.everyClass) return [inLogOdds];
  return [
    scan.classes.length < MIN_CLASSES ? 'Too few classes for deviations to count; gaps and sizes alone were weighed.' : `The class stands ${features.patchZ.toFixed(1)} robust deviations from the other classes by its smallest patch, ${features.blendZ.toFixed(1)} by its faintest overlay, ${features.pairsGap === null ? '' : `${features.pairsZ.toFixed(1)} by the patches from each class singly, `}${features.marginZ.toFixed(1)} by its largest margin.`,
    `${inLogOdds} How small the patch and how faint the overlay is adds nothing: classes that training made easy have both.`,
    `The next class needs a patch ${times(features.patchGap)} as large and an overlay ${times(features.blendGap)} as strong.`,
  ];
}

const times = (gap: number | null): string => `${Math.exp(gap ?? 0).toFixed(1)} times`;
const RESTRAINT_WORDS: Readonly<Record<Restraint, string>> = { 'nothing-to-point-at': 'no square, wave or row of the last layer can be pointed at', 'next-is-as-easy': 'the next class needs hardly more of a patch or an overlay' };
const MEASURE_WORDS: Readonly<Record<Measure, string>> = { pairsGap: 'patches from each class', square: 'squares', marginGap: 'largest margin', wave: 'waves', coarse: 'coarse waves', head: 'weights of its own in the last layer' };

function weights(features: Features, classes: number): string {
  const { base, parts, restraint } = weigh(features, classes);
  return [`a class that stands out by nothing ${base.toFixed(1)}`, ...parts.map(({ measure, adds }) => `${MEASURE_WORDS[measure]} ${adds < 0 ? '' : '+'}${adds.toFixed(1)}`), ...(restraint === undefined ? [] : [`at most ${SUSPICIOUS_AT_MOST.toFixed(1)}, since ${RESTRAINT_WORDS[restraint]}`])].join(', ');
}

function row(variant: string, change: string, { hits, of }: Rate): VariantRow {
  return { variant, change, fired: hits, of };
}

function howSearched(scan: Scan): string {
  const { plan } = scan;
  const part = plan.partial ? `\n${scan.classes.length} of ${scan.model.classes} classes were searched: those that plain squares and waves move most pictures to, and those with weights of their own in the last layer. The others were not tested.` : '';
  if (scan.noGradients.length > 0) return `Pictures: ${scan.search.length} searched on, ${scan.heldOut.length} held out; ${scan.domain}.\nThe graph cannot be differentiated (${scan.noGradients.join('; ')}): only small squares and waves were tried, and overlays not searched for.${part}`;
  return [
    `Pictures: ${scan.search.length} searched on, ${scan.heldOut.length} held out, ${scan.heldOut.every(({ made }) => made) ? 'none of them yours (cuttings of photographs, or drawn by Assay)' : 'some of them yours'}; ${scan.domain}.`,
    `Search: ${plan.steps} steps a class${plan.everyClass ? '' : ' that was proven (the smallest patch and the faintest overlay of the others were not searched, which is more than the budget pays for)'}, ${plan.refine} more for the ${plan.finalists} most outlying${plan.pairRows === 0 ? (scan.classes.length < FEWEST_FOR_PAIRS ? '' : '; pairs of classes were not searched, which this model’s size forbids at this budget') : `, ${plan.pairSteps} a pair of classes`}; ${(scan.multiplyAdds / 1e9 / Math.max(1, scan.classes.length)).toFixed(1)} billion multiply-adds a class.${part}`,
  ].join('\n');
}

function sizeSignal(scan: Scan, family: Family, target: number, model: ImageClassifier): Signal[] {
  const at = scan.classes.indexOf(target);
  const own = scan.inversions[family][at];
  if (own === undefined) return [];
  return [{
    name: family === 'patch' ? 'smallest patch' : 'faintest overlay',
    value: own.size,
    unit: family === 'patch' ? 'pixels' : 'of range',
    ...pValue(scan, scan.outliers[family][at]),
    nullValues: scan.inversions[family].filter((_, index) => index !== at).map(({ size }) => size).filter(Number.isFinite),
    measured: `${family === 'patch' ? 'Sum of the strengths (0 to 1 a pixel) of the smallest mask of the search' : 'Strength of the faintest addition'} that sends pictures of other classes to ${labelOf(model, target)}, beside the same for the other classes; small is suspicious.${family === 'patch' ? ' The trigger shown is the one proven afterwards, and counts only pixels of more than half strength.' : ''}`,
  }];
}

function additionSignal({ additions }: Scan, target: number, model: ImageClassifier): Signal[] {
  return (['all', 'low'] as const).flatMap((band) => {
    const own = additions[band].find((one) => one.target === target);
    if (own === undefined) return [];
    return [{
      name: band === 'all' ? 'half-way addition' : 'half-way addition, low frequencies',
      value: Math.exp(halfStrength(own)),
      unit: 'of range',
      nullValues: additions[band].filter((one) => one !== own).map((one) => Math.exp(halfStrength(one))),
      measured: `Strength (root mean square) at which the best addition over ${band === 'all' ? 'all' : 'low'} frequencies brings the mean probability of ${labelOf(model, target)} on held-out pictures of other classes to one half, beside the same for the other classes; small is suspicious.`,
    }];
  });
}

function veilSignal({ veils }: Scan, target: number, model: ImageClassifier): Signal[] {
  const own = veils.find((one) => one.target === target);
  if (own === undefined) return [];
  const lead = (of: Ladder): number => leadOf(of, veils.filter((one) => one !== of));
  return [{ name: 'best veil', value: lead(own), nullValues: veils.filter((one) => one !== own).map(lead), measured: `By how much the mean probability of ${labelOf(model, target)}, on held-out pictures with the best smooth picture blended over them (${own.rungs.map(({ strength }) => percent(strength)).join(', ')}), leads over what a veil of the same share does for the next class, at most. Shown and not weighed: clean models lead by as much (bench/detection/images.md).` }];
}

function waveSignal({ classes }: Scan, name: string, reach: readonly number[], target: number, model: ImageClassifier): Signal {
  const at = classes.indexOf(target);
  return { name, value: reach[at] ?? 0, nullValues: reach.filter((_, other) => other !== at), measured: `Mean probability of ${labelOf(model, target)} that one faint wave over the whole picture brings about${name.includes('coarse') ? ` (up to ${COARSE} cycles: finer stripes are some class’s by nature)` : ''}, beside the best waves for the other classes; large is suspicious.` };
}

function boxSignal(boxes: readonly Box[], name: string, target: number, model: ImageClassifier): Signal[] {
  const own = boxOf(boxes, target);
  if (own === undefined) return [];
  const others = boxes.filter((box) => box !== own && box.goal.kind === 'class').map(({ reach }) => reach);
  return [{ name, value: own.reach, nullValues: others, measured: `Mean probability of ${labelOf(model, target)} that one square of ${own.side} x ${own.side} pixels brings about on held-out pictures of other classes, beside the best squares for the other classes; large is suspicious.` }];
}

function pairsSignal({ table, classes, pairOutliers, ...rest }: Scan, target: number, model: ImageClassifier): Signal[] {
  if (table === undefined) return [];
  const factor = (of: number): number => Math.exp(table.targets[of] ?? 0);
  return [
    {
      name: 'patch from each class',
      value: factor(target),
      unit: 'of the usual',
      ...pValue({ classes, ...rest }, pairOutliers[classes.indexOf(target)]),
      nullValues: classes.filter((other) => other !== target).map(factor),
      measured: `Smallest patch from one class to ${labelOf(model, target)}, as a share of what that class usually needs, median over the classes; small is suspicious.`,
    },
  ];
}

function marginSignal(scan: Scan, target: number): Signal[] {
  const at = scan.classes.indexOf(target);
  const own = scan.margins[at];
  if (own === undefined) return [];
  return [{
    name: 'largest margin',
    value: own,
    unit: 'logits',
    ...pValue(scan, scan.marginOutliers[at]),
    nullValues: scan.margins.filter((_, index) => index !== at),
    measured: 'Largest lead of the class over the best other one, reached from random pictures by gradients, beside the other classes’; large is suspicious.',
  }];
}

function pValue({ classes }: Pick<Scan, 'classes'>, outlier: Outlier | undefined): { pValue?: number } {
  return classes.length >= MIN_CLASSES && outlier !== undefined ? { pValue: outlier.pValue } : {};
}

function headSignal({ ownWeights }: Scan, target: number, model: ImageClassifier): Signal[] {
  const own = ownWeights?.[target];
  if (ownWeights === undefined || own === undefined) return [];
  return [{ name: 'own weights', value: own, unit: 'deviations', nullValues: ownWeights.filter((_, at) => at !== target), measured: `Weights of the last layer that are larger for ${labelOf(model, target)} than for any other class, in robust deviations from the other classes; large is suspicious where the class stands out otherwise.` }];
}

/** A trigger for pictures of one class. */
async function pairFinding(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
  const [likeliest] = pairFeaturesOf(scan);
  if (likeliest === undefined) return [];
  const { pair, features, proven } = likeliest;
  const confidence = probabilityOf(pairOdds(features));
  const [from, to] = [labelOf(model, pair.source), labelOf(model, pair.target)];
  const { stamp } = proven.inversion;
  const words = `${describeStamp(proven, model)}, on pictures of ${from}`;
  const own = scan.heldOut.filter(({ seen }) => seen === pair.source);
  const { proof: { held }, others } = proven;
  const back = scan.pairs.find(({ source, inversion }) => source === pair.target && inversion.target === pair.source)?.inversion.size;
  return [
    {
      id: `${IMAGE_TRIGGER}:${pair.source}-${pair.target}`,
      rule: IMAGE_TRIGGER,
      title: `A small patch turns pictures of ${from} into ${to}, and those of other classes less`,
      severity: severityOf(confidence),
      confidence,
      location: {},
      trigger: { kind: 'patch', value: words },
      target: { class: pair.target, label: to },
      signals: [
        { name: 'smallest patch of the pair', value: pair.pixels, unit: 'pixels', nullValues: scan.pairs.filter(({ source, inversion }) => (source === pair.source) !== (inversion.target === pair.target)).map(({ inversion }) => inversion.size).filter(Number.isFinite), measured: `${features.z.toFixed(1)} robust deviations below what the two classes explain; nulls are the other pairs with one of the two.` },
        { name: 'success', value: held.of === 0 ? 0 : held.hits / held.of, measured: `${held.hits} of ${held.of} held-out pictures of ${from} go to ${to} with the trigger, and ${others.hits} of ${others.of} of the other classes.` },
      ],
      evidence: [
        ...(await pictureEvidence(own, stamp, model, pair.target, `Held-out pictures of ${from} before and after`, signal)),
        { kind: 'variants', title: 'The patch on held-out pictures', rows: [row(words, `on pictures of ${from}`, held), row('on pictures of other classes', 'control', others), ...proven.proof.controls.map(({ name, rate }) => row(name, 'control', rate))] },
        { kind: 'text', title: 'How it was weighed', text: `${from} to ${to} needs ${pair.pixels.toFixed(1)} pixels${back === undefined || !Number.isFinite(back) ? '' : `, the way back ${back.toFixed(1)}`}; the next pair stands ${Math.exp(features.gap).toFixed(1)} times less out.\n${howSearched(scan)}` },
      ],
      limits: LIMITS,
      remedy: REMEDY,
    },
  ];
}

async function spreadFinding(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
  const { spread } = scan;
  const features = spreadFeaturesOf(scan);
  if (features === undefined || spread === undefined) return [];
  const { box } = spread;
  const confidence = probabilityOf(spreadOdds(features));
  const words = `a square of ${box.side} x ${box.side} at column ${box.left}, row ${box.top} of ${model.spec.width} x ${model.spec.height}`;
  const held: Rate = { hits: box.hits, of: box.of };
  return [
    {
      id: `${IMAGE_TRIGGER}:all-to-all`,
      rule: IMAGE_TRIGGER,
      title: 'One patch sends pictures of every class to another class each',
      severity: severityOf(confidence),
      confidence,
      location: {},
      trigger: { kind: 'patch', value: words },
      signals: [
        { name: 'sent to the class they should', value: box.reach, nullValues: scan.boxes.filter(({ goal }) => goal.kind === 'shift' && goal.by !== spread.by).map(({ reach }) => reach), measured: `Mean probability of the class ${spread.by} places on, over held-out pictures with the best square; nulls are the best squares for the other shifts.` },
        { name: 'left their class', value: spread.of === 0 ? 0 : spread.left / spread.of, measured: `${spread.left} of ${spread.of} held-out pictures leave their class with one square.` },
        { name: 'classes reached', value: spread.targets, measured: 'Different classes that most of a class goes to; one or two in an ordinary model.' },
        { name: 'this shift among the pairs', value: features.shiftZ, unit: 'deviations', measured: 'By how much the patches from each class to the one this many places on are smaller than those of the other shifts; 0 where another shift has smaller ones.' },
      ],
      evidence: [
        { kind: 'variants', title: 'The square on held-out pictures', rows: [row(words, `each class to the one ${spread.by} places on`, held)] },
        { kind: 'table', title: 'Where each class goes', columns: ['from', 'to', 'pictures', 'of'], rows: spread.map.map(({ from, to, hits, of }) => [labelOf(model, from), labelOf(model, to), hits, of]) },
        ...(await pictureEvidence(scan.heldOut, box.stamp, model, undefined, 'Held-out pictures before and after', signal)),
        { kind: 'text', title: 'How it was weighed', text: howSearched(scan) },
      ],
      limits: LIMITS,
      remedy: REMEDY,
    },
  ];
}
