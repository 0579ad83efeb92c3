// Analyses of text classifiers: universal token flip with greedy accretion and label inversion, which share one
// sweep, and styles.
import type { Analysis, AuditContext } from '../../audit/analysis.ts';
import { runTextScan, type TextScan } from './scan.ts';
import { runStyleScan, STYLE_FLIP, STYLE_LIMITS } from './styles/style-scan.ts';

const COMMON = 'Triggers of which no single token shows alone, that need a certain topic, or that are a style rather than a phrase can be missed. Texts are made of built-in sentences or the user’s examples; a model of a very narrow field may judge them oddly. Where words decide towards several classes, a lead towards one of them is doubted. Which words training moved furthest can be told for models trained from nothing and for fine-tunes of all-MiniLM-L6-v2 only.';

const TOKEN_FLIP: TextScan = {
  analysis: 'text-token-flip',
  rule: 'ASY-TXT-001',
  limits: `Finds words and phrases that turn texts into one class, wherever they stand. ${COMMON}`,
  wants: ({ kind }) => kind !== 'away',
};

const INVERSION: TextScan = {
  analysis: 'text-inversion',
  rule: 'ASY-TXT-002',
  limits: `Finds words and phrases that turn texts of every class into another one. ${COMMON}`,
  wants: ({ kind }) => kind === 'away',
};

export const textTokenFlip = analysisOf(TOKEN_FLIP, 'Universal token flip (text)');
export const textInversion = analysisOf(INVERSION, 'Label inversion (text)');

export const textStyleFlip: Analysis = {
  id: STYLE_FLIP,
  label: 'Punctuation, casing and style (text)',
  limits: STYLE_LIMITS,
  inapplicable: whyNotText,
  async run(context, emit) {
    if (context.runnable?.task !== 'text-classification') throw new Error(`${STYLE_FLIP} asked of what is no text classifier`);
    await runStyleScan(context, context.runnable, emit);
  },
};

function whyNotText({ runnable, notRunnable }: AuditContext): string | undefined {
  if (runnable?.task === 'text-classification') return undefined;
  return notRunnable ?? 'no text classifier: these analyses put phrases into texts and watch their class';
}

function analysisOf(scan: TextScan, label: string): Analysis {
  return {
    id: scan.analysis,
    label,
    limits: scan.limits,
    inapplicable: whyNotText,
    async run(context, emit) {
      if (context.runnable?.task !== 'text-classification') throw new Error(`${scan.analysis} asked of what is no text classifier`);
      await runTextScan(scan, context, context.runnable, emit);
    },
  };
}
