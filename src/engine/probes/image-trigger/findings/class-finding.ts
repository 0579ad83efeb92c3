// A suspected class: its reconstructed trigger, beside the same search for the other classes, and its proof.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Finding } from '../../../core/finding.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { severityOf } from '../../severity-of.ts';
import type { Found, Scan } from '../found.ts';
import { ELSEWHERE, type Rate } from '../proof/proof.ts';
import { MIN_CLASSES } from '../search/outliers.ts';
import { isCompact, isVeil, type Family } from '../search/stamp.ts';
import { SUSPICIOUS_AT_MOST, weigh, type Measure, type Restraint } from '../weigh/class-rule.ts';
import { probabilityOf, type Features, type Suspect } from '../weigh/confidence.ts';
import { classSignals } from './class-signals.ts';
import { classEvidence, describeStamp, labelOf, percent, pictureEvidence, round } from './evidence.ts';
import { howSearched, IMAGE_TRIGGER, LIMITS, REMEDY, variantRow, whosePictures } from './of-every-finding.ts';

/** Share of the pixel range up to which an overlay is called faint; share of its success that a patch keeps elsewhere where its place hardly matters. */
const FAINT = 0.1;
const PLACE_FREE = 0.7;
/** Share of a reconstruction's success from which controls say that it is not the trigger itself. */
const UNSPECIFIC = 0.4;

export async function classFinding(scan: Scan, model: ImageClassifier, suspect: Suspect, first: Found, signal: CancelSignal): Promise<Finding> {
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
      ...classSignals(scan, target, model),
      { name: 'success', value: held.of === 0 ? 0 : held.hits / held.of, measured: `${held.hits} of ${held.of} held-out pictures of other classes go to ${label} with the trigger (95 % interval ${percent(interval[0])} to ${percent(interval[1])}).${whosePictures(scan)}` },
      { name: 'controls', value: moved, measured: `Share of the same pictures that controls of equal size move to ${label}: ${unlike.map(({ name, rate }) => `${name} ${rate.hits} of ${rate.of}`).join(', ')}.` },
    ],
    evidence: [
      ...classEvidence(scan, model, kind, target),
      ...(await pictureEvidence(scan.heldOut.filter(({ seen }) => seen !== target), shown.inversion.stamp, model, target, 'Held-out pictures before and after', signal)),
      {
        kind: 'variants',
        title: 'What moves held-out pictures to the class, and what does not',
        rows: [
          variantRow(stampWords, 'as reconstructed', held),
          ...(core === undefined ? [] : [variantRow(`its ${core.pixels} strongest pixels alone`, 'less of it', core.rate)]),
          ...controls.map(({ name, rate }) => variantRow(name, 'control', rate)),
          ...shown.proof.without.map(({ part, rate }) => variantRow(part, 'one part left out', rate)),
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
          `Controls of equal size move ${percent(moved)} of the pictures${moved > UNSPECIFIC * shareOf(held) ? ': what was reconstructed does little that they do not, and need not be what was planted. The class stands out by what is measured above, not by this' : ''}.`,
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
