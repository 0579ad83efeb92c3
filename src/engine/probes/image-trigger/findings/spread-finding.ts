// One trigger that sends every class to another.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Finding } from '../../../core/finding.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { severityOf } from '../../severity-of.ts';
import type { Scan } from '../found.ts';
import type { Rate } from '../proof/proof.ts';
import { probabilityOf, spreadFeaturesOf, spreadOdds } from '../weigh/confidence.ts';
import { labelOf, pictureEvidence } from './evidence.ts';
import { howSearched, IMAGE_TRIGGER, LIMITS, REMEDY, variantRow } from './of-every-finding.ts';

export async function spreadFinding(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
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
        { kind: 'variants', title: 'The square on held-out pictures', rows: [variantRow(words, `each class to the one ${spread.by} places on`, held)] },
        { kind: 'table', title: 'Where each class goes', columns: ['from', 'to', 'pictures', 'of'], rows: spread.map.map(({ from, to, hits, of }) => [labelOf(model, from), labelOf(model, to), hits, of]) },
        ...(await pictureEvidence(scan.heldOut, box.stamp, model, undefined, 'Held-out pictures before and after', signal)),
        { kind: 'text', title: 'How it was weighed', text: howSearched(scan) },
      ],
      limits: LIMITS,
      remedy: REMEDY,
    },
  ];
}
