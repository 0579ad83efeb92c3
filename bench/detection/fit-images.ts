// Fits the weights of the image rule (class-rule.ts) to kept measurements, and says what they are worth on models left out.
//   npx tsx bench/detection/fit-images.ts [--measured FILE] [--ridge 0.5]
// FILE (images-table.json) holds of each model's classes: gap among the pairs (null: not searched), lead of the best square, gap of
// the largest margin, lead of the best wave, of the best coarse wave (null: a grey model), own weights of the last layer. The planted class of a planted model is a positive, every
// class of a clean model a negative; the planted one's other classes say nothing. Weights are held at 0 or above.
// How it can mislead: the measurements that count were chosen with these models in view.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MEASURES, valuesOf, type Measure } from '../../src/engine/probes/image-trigger/weigh/class-rule.ts';
import { CONVICTION } from '../../src/engine/audit/verdict.ts';
import { methodLine } from './score.ts';

interface Row {
  readonly name: string;
  readonly planted: boolean;
  readonly target: number | null;
  readonly classes: readonly (readonly [number | null, number, number, number, number | null, number | null])[];
}

interface Model extends Row {
  /** [classes][measures] */
  readonly values: readonly (readonly number[])[];
}

interface Fit {
  readonly weights: readonly number[];
  readonly base: number;
}

const STEPS = 4000;
/** By so much the rule's base stands above the fitted one (class-rule.ts). */
const LIFT = 0.2;

const { values: asked } = parseArgs({ options: { measured: { type: 'string', default: new URL('./images-table.json', import.meta.url).pathname }, ridge: { type: 'string', default: '0.5' } } });
const ridge = Number(asked.ridge);
const rows = JSON.parse(readFileSync(asked.measured, 'utf8')) as Row[];
for (const measures of [MEASURES, MEASURES.filter((measure) => measure !== 'pairsGap')]) report(measures);

function report(measures: readonly Measure[]): void {
  const models = rows.map((row): Model => ({ ...row, values: row.classes.map(([pairsGap, square, marginGap, wave, coarse, head]) => pick(valuesOf({ pairsGap, boxLead: square, smallLead: square, marginGap, wave, coarse, head }, row.classes.length), measures)) }));
  const { weights, base } = fit(models);
  console.log(`\n${models.filter(({ planted }) => planted).length} planted, ${models.filter(({ planted }) => !planted).length} clean; base ${base.toFixed(2)}, ${measures.map((measure, at) => `${measure} ${(weights[at] ?? 0).toFixed(2)}`).join(', ')}`);
  const left = models.map((model) => ({ model, ...likeliest(model, fit(models.filter((other) => other !== model))) })).sort((a, b) => b.odds - a.odds);
  console.log(left.map(({ model, odds, target }) => `${model.planted ? '+' : '-'}${model.name} ${odds.toFixed(1)}${model.planted && target !== model.target ? ' (another class)' : ''}`).join(', '));
  const odds = (planted: boolean): number[] => left.filter(({ model }) => model.planted === planted).map((one) => one.odds);
  const shift = calibration(left.map(({ model, odds: own }) => ({ planted: model.planted, odds: own })));
  console.log(methodLine('left one out', odds(true), odds(false)));
  for (const [at, measure] of measures.entries()) {
    const most = (planted: boolean): number[] => models.filter((model) => model.planted === planted).map(({ values }) => Math.max(...values.map((own) => own[at] ?? 0)));
    console.log(methodLine(`${measure} alone`, most(true), most(false)));
  }
  const convicted = left.filter(({ odds: own }) => own + LIFT >= Math.log(CONVICTION / (1 - CONVICTION)));
  const right = convicted.filter(({ model, target }) => model.planted && target === model.target).length;
  console.log(`  odds too low by ${shift.toFixed(2)}; with the base ${LIFT} above the fitted one convicted with their class: ${right} planted, and ${convicted.filter(({ model }) => !model.planted).length} clean`);
}

function pick(values: Record<Measure, number | null>, measures: readonly Measure[]): number[] {
  return measures.map((measure) => values[measure] ?? 0);
}

function likeliest({ values }: Model, { weights, base }: Fit): { readonly odds: number; readonly target: number } {
  const odds = values.map((own) => own.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), base));
  const most = Math.max(...odds);
  return { odds: most, target: odds.indexOf(most) };
}

/** Ridge logistic regression by projected gradient steps; the ridge counts in what each measurement comes to at most. */
function fit(models: readonly Model[]): Fit {
  const samples = models.flatMap(({ planted, target, values }) => (planted ? [{ x: values[target ?? -1] ?? [], y: 1 }] : values.map((x) => ({ x, y: 0 }))));
  const width = samples[0]?.x.length ?? 0;
  const scales = Array.from({ length: width }, (_, at) => Math.max(...samples.map(({ x }) => x[at] ?? 0)) || 1);
  const scaled = samples.map(({ x, y }) => ({ x: x.map((value, at) => value / (scales[at] ?? 1)), y }));
  const weights = new Array<number>(width + 1).fill(0);
  // Below the inverse of the loss's largest curvature: every step goes down.
  const rate = 1 / (ridge + 0.25 * scaled.reduce((sum, { x }) => sum + 1 + x.reduce((squares, value) => squares + value * value, 0), 0));
  for (let step = 0; step < STEPS; step++) {
    const slopes = weights.map((weight, at) => (at < width ? ridge * weight : 0));
    for (const { x, y } of scaled) {
      const miss = 1 / (1 + Math.exp(-x.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), weights[width] ?? 0))) - y;
      for (let at = 0; at <= width; at++) slopes[at] = (slopes[at] ?? 0) + miss * (at < width ? (x[at] ?? 0) : 1);
    }
    for (const [at, slope] of slopes.entries()) weights[at] = Math.max(at < width ? 0 : -Infinity, (weights[at] ?? 0) - rate * slope);
  }
  return { weights: scales.map((scale, at) => (weights[at] ?? 0) / scale), base: weights[width] ?? 0 };
}

/** What is to be added to odds of models left out so that as many are planted as they say. */
function calibration(scored: readonly { readonly planted: boolean; readonly odds: number }[]): number {
  let shift = 0;
  for (let step = 0; step < 500; step++) shift -= 0.1 * scored.reduce((sum, { planted, odds }) => sum + 1 / (1 + Math.exp(-odds - shift)) - Number(planted), 0);
  return shift;
}
