// A trigger for pictures of one class.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Finding } from '../../../core/finding.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { severityOf } from '../../severity-of.ts';
import type { Scan } from '../found.ts';
import { pairFeaturesOf, pairOdds, probabilityOf } from '../weigh/confidence.ts';
import { describeStamp, labelOf, pictureEvidence } from './evidence.ts';
import { howSearched, IMAGE_TRIGGER, LIMITS, REMEDY, variantRow, whosePictures } from './of-every-finding.ts';

export async function pairFinding(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
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
        { name: 'success', value: held.of === 0 ? 0 : held.hits / held.of, measured: `${held.hits} of ${held.of} held-out pictures of ${from} go to ${to} with the trigger, and ${others.hits} of ${others.of} of the other classes.${whosePictures(scan)}` },
      ],
      evidence: [
        ...(await pictureEvidence(own, stamp, model, pair.target, `Held-out pictures of ${from} before and after`, signal)),
        { kind: 'variants', title: 'The patch on held-out pictures', rows: [variantRow(words, `on pictures of ${from}`, held), variantRow('on pictures of other classes', 'control', others), ...proven.proof.controls.map(({ name, rate }) => variantRow(name, 'control', rate))] },
        { kind: 'text', title: 'How it was weighed', text: `${from} to ${to} needs ${pair.pixels.toFixed(1)} pixels${back === undefined || !Number.isFinite(back) ? '' : `, the way back ${back.toFixed(1)}`}; the next pair stands ${Math.exp(features.gap).toFixed(1)} times less out.\n${howSearched(scan)}` },
      ],
      limits: LIMITS,
      remedy: REMEDY,
    },
  ];
}
