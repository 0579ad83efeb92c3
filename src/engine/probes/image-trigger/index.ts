// Analysis: does a small patch or a faint overlay turn pictures into one class? By input gradients, with or without the user's
// clean pictures. After Neural Cleanse, MM-BD and universal perturbations; README.md says what each stage does.
import type { Analysis } from '../../audit/analysis.ts';
import { seeded } from '../../core/random.ts';
import { scanImages, type StageId } from './scan.ts';
import { IMAGE_TRIGGER, LIMITS, toFindings } from './to-finding.ts';

const STAGES: readonly { readonly id: StageId; readonly label: string }[] = [
  { id: 'inputs', label: 'Make search pictures' },
  { id: 'margins', label: 'Maximum margins' },
  { id: 'pairs', label: 'Smallest patch per pair of classes' },
  { id: 'patch', label: 'Smallest patch per class' },
  { id: 'blend', label: 'Faintest overlay per class' },
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
    const result = await scanImages(runnable, options.budget, seeded(options.seed, IMAGE_TRIGGER), signal, (stage, done, total) => {
      if (done === 0) emit({ type: 'stage', analysis: IMAGE_TRIGGER, stage, status: 'running' });
      emit({ type: 'progress', analysis: IMAGE_TRIGGER, stage, done, total });
      if (done === total) emit({ type: 'stage', analysis: IMAGE_TRIGGER, stage, status: 'done' });
    });
    if (result.kind !== 'ok') throw new Error(`the model cannot be differentiated: ${result.reasons.join('; ')}`);
    for (const finding of await toFindings(result.scan, result.scan.model, signal)) emit({ type: 'finding', finding });
  },
};
