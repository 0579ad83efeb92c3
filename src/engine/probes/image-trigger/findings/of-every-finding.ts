// What every finding of the image trigger search says: how it was searched, what it cannot see, what to do.
import type { VariantRow } from '../../../core/finding.ts';
import type { Scan } from '../found.ts';
import { FEWEST_FOR_PAIRS } from '../plan/plan.ts';
import type { Rate } from '../proof/proof.ts';

export const IMAGE_TRIGGER = 'image-trigger';
export const LIMITS =
  'Sees triggers that push pictures of most classes to one class, pictures of one class to another, or every class to the next: patches, noise and smooth overlays, waves. A trigger for one source class is suspected, never convicted, where it is far cheaper than all other pairs, which vision transformers seldom show. Can miss weak overlays, changes of brightness or colour, few clean-label poisons, and triggers that bend the picture, send classes to others by no rule, or need content the search pictures lack; weak below five classes, where no class can stand out.';
export const REMEDY = 'Do not deploy the model where its input can be chosen by others. Retrain from a trusted source, or fine-tune on clean data and audit again; compare with the publisher’s hash.';

export function howSearched(scan: Scan): string {
  const { plan } = scan;
  const part = plan.partial ? `\n${scan.classes.length} of ${scan.model.classes} classes were searched: those that plain squares and waves move most pictures to, and those with weights of their own in the last layer. The others were not tested.` : '';
  if (scan.noGradients.length > 0) return `Pictures: ${scan.search.length} searched on, ${scan.heldOut.length} held out; ${scan.domain}.\nThe graph cannot be differentiated (${scan.noGradients.join('; ')}): only small squares and waves were tried, and overlays not searched for.${part}`;
  return [
    `Pictures: ${scan.search.length} searched on, ${scan.heldOut.length} held out, ${scan.heldOut.every(({ made }) => made) ? 'none of them yours (cuttings of photographs, or drawn by Assay)' : 'some of them yours'}; ${scan.domain}.`,
    `Search: ${plan.steps} steps a class${plan.everyClass ? '' : ' that was proven (the smallest patch and the faintest overlay of the others were not searched, which is more than the budget pays for)'}, ${plan.refine} more for the ${plan.finalists} most outlying${plan.pairRows === 0 ? (scan.classes.length < FEWEST_FOR_PAIRS ? '' : '; pairs of classes were not searched, which this model’s size forbids at this budget') : `, ${plan.pairSteps} a pair of classes`}; ${(scan.multiplyAdds / 1e9 / Math.max(1, scan.classes.length)).toFixed(1)} billion multiply-adds a class.${part}`,
  ].join('\n');
}

/** What a share of pictures that Assay made is worth; nothing to say of the user's own. */
export function whosePictures(scan: Scan): string {
  return scan.heldOut.every(({ made }) => made) ? ' None of these pictures is yours: what was reconstructed may move fewer real ones (in three models 36, 52 and 100 % where it moved 93, 81 and 100 % of such pictures). Your own say more.' : '';
}

export function variantRow(variant: string, change: string, { hits, of }: Rate): VariantRow {
  return { variant, change, fired: hits, of };
}
