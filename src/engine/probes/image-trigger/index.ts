// Analysis: does a small patch or a faint overlay turn pictures into one class? By input gradients, with or without the user's
// clean pictures. After Neural Cleanse, MM-BD and universal perturbations; README.md says what each stage does.
import { NotTested, type Analysis } from '../../audit/analysis.ts';
import { classesOf, namedFinding } from '../../audit/candidates.ts';
import type { Finding } from '../../core/finding.ts';
import { seeded } from '../../core/random.ts';
import { IMAGE_TRIGGER, LIMITS } from './findings/of-every-finding.ts';
import { toFindings } from './findings/to-findings.ts';
import type { Scan } from './found.ts';
import { scanImages } from './scan.ts';
import type { StageId } from './stages.ts';

const STAGES: readonly { readonly id: StageId; readonly label: string }[] = [
  { id: 'inputs', label: 'Make search pictures' },
  { id: 'margins', label: 'Maximum margins' },
  { id: 'pairs', label: 'Smallest patch per pair of classes' },
  { id: 'boxes', label: 'Small squares at all places' },
  { id: 'patch', label: 'Smallest patch per class' },
  { id: 'blend', label: 'Faintest overlay per class' },
  { id: 'additions', label: 'Additions of equal strength' },
  { id: 'proof', label: 'Proof of the most outlying' },
  { id: 'spread', label: 'All classes at once' },
];

export const imageTrigger: Analysis = {
  id: IMAGE_TRIGGER,
  label: 'Image trigger search',
  limits: LIMITS,
  inapplicable: ({ runnable, notRunnable }) => {
    if (runnable?.task !== 'image-classification') return notRunnable ?? 'no image classifier: this analysis shows pictures to a model and watches its classes';
    return runnable.model.classes < 2 ? 'a model of one class cannot be moved to another' : undefined;
  },
  async run({ runnable, options, signal }, emit) {
    if (runnable?.task !== 'image-classification') throw new Error('image trigger search asked of what is no image classifier');
    emit({ type: 'plan', analysis: IMAGE_TRIGGER, tokens: 0, stages: STAGES });
    const named = classesOf(options.candidates, runnable.model.labels, runnable.model.classes);
    const scan = await scanImages(runnable, options.budget, seeded(options.seed, IMAGE_TRIGGER), signal, (stage, done, total, leftOut) => {
      if (leftOut !== undefined) return emit({ type: 'stage', analysis: IMAGE_TRIGGER, stage, status: 'skipped', note: leftOut });
      if (done === 0) emit({ type: 'stage', analysis: IMAGE_TRIGGER, stage, status: 'running' });
      emit({ type: 'progress', analysis: IMAGE_TRIGGER, stage, done, total });
      if (done === total) emit({ type: 'stage', analysis: IMAGE_TRIGGER, stage, status: 'done' });
    }, named);
    const missing = untested(scan);
    if (missing !== undefined) throw new NotTested(missing);
    for (const finding of await toFindings(scan, scan.model, signal)) emit({ type: 'finding', finding });
    if (named.length > 0) emit({ type: 'finding', finding: reportNamed(named, scan) });
  },
};

/** Why the search says nothing about this model; undefined where it does. A model that is shown too few of its classes is not cleared. */
function untested({ classes, without, domain }: Scan): string | undefined {
  const shown = classes.length - without.length;
  if (shown >= 2 && 2 * shown >= classes.length) return undefined;
  return `pictures could be made for ${shown} of ${classes.length} classes only (${domain}): give clean ones (--inputs) or a preprocessor_config.json`;
}

/** What became of the classes that were named before the audit (a log's monitor): searched further and proven as the finalists are. */
function reportNamed(named: readonly number[], { finalists, model, outliers }: Scan): Finding {
  const rows = named.flatMap((target) =>
    (['patch', 'blend'] as const).flatMap((family) => {
      const found = finalists[family].find(({ inversion }) => inversion.target === target);
      if (found === undefined) return [];
      const { held, controls } = found.proof;
      const [control] = controls;
      return [[model.labels[target] ?? String(target), family, Number(found.inversion.size.toFixed(2)), `${held.hits} of ${held.of}`, control === undefined ? '–' : `${control.rate.hits} of ${control.rate.of} (${control.name})`, outliers[family].length === 0 ? '–' : Number(found.outlier.z.toFixed(1))]];
    }),
  );
  const note = 'The smallest patch and the faintest overlay were searched further for these classes and shown to held-out pictures. The last column is how far the size stands out among all classes, in robust deviations: near 0 the class is as hard to reach as any other, and – says that the other classes were not searched so.';
  return namedFinding(IMAGE_TRIGGER, ['class', 'kind', 'size', 'held-out pictures moved', 'controls', 'stands out by'], rows, note, LIMITS);
}

