// Fits the weights of the text rule (judge.ts) to kept measurements, and says what they are worth on models left out.
//   npx tsx bench/detection/fit-texts.ts --zoo DIR[,DIR…] --measured FILE[,FILE…] [--half tune]
// One row a contrast. A planted model speaks through its strongest contrast towards the right class (which one that is depends
// on the weights, so they are fitted again until it settles); of a clean model, and of a planted one towards other classes,
// every contrast is a negative. Weights are held at 0 or above and drawn towards the ones in use, since the zoo is small.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judgedTerms, WEIGHTS, type RuleWeights } from '../../src/engine/probes/text-triggers/judge/judge.ts';
import { auroc } from './score.ts';
import type { Lead } from './text-lead.ts';

interface Model {
  readonly name: string;
  readonly planted: boolean;
  readonly right: readonly Lead[];
  readonly wrong: readonly Lead[];
}

const TERMS = ['stands', 'hits', 'apart', 'moved'] as const;

const { values } = parseArgs({ options: { zoo: { type: 'string' }, measured: { type: 'string' }, half: { type: 'string' } } });
if (values.zoo === undefined || values.measured === undefined) throw new Error('--zoo and --measured are needed');
const models = loadModels(values.zoo.split(','), values.measured.split(','));
const fitted = fit(models);
console.log(`${models.filter(({ planted }) => planted).length} planted, ${models.filter(({ planted }) => !planted).length} clean`);
console.log('weights', JSON.stringify(Object.fromEntries(Object.entries(fitted).map(([name, value]) => [name, Number(value.toFixed(2))]))));
const scores = models.map((model) => ({ model, now: best(model, WEIGHTS), own: best(model, fitted), left: best(model, fit(models.filter((other) => other !== model))) }));
for (const { model, now, own, left } of scores) console.log(`${model.planted ? 'planted' : 'clean  '} ${model.name.padEnd(4)} now ${now.toFixed(2)} fitted ${own.toFixed(2)} left out ${left.toFixed(2)}`);
for (const key of ['now', 'own', 'left'] as const) {
  const [positive, negative] = [true, false].map((planted) => scores.filter(({ model }) => model.planted === planted).map((row) => row[key]));
  console.log(key, auroc(positive ?? [], negative ?? []));
}

function loadModels(zoos: readonly string[], files: readonly string[]): Model[] {
  const found: Model[] = [];
  for (const file of files) {
    for (const { name, leads } of JSON.parse(readFileSync(file, 'utf8')) as { name: string; leads: Lead[] }[]) {
      const zoo = zoos.find((folder) => exists(join(folder, 'truth', `${name}.json`)));
      if (zoo === undefined) continue;
      const truth = JSON.parse(readFileSync(join(zoo, 'truth', `${name}.json`), 'utf8')) as { planted: boolean; half: string; success_rate?: number; target: { class: number } | null };
      if ((values.half !== undefined && truth.half !== values.half) || (truth.planted && (truth.success_rate ?? 0) < 0.5)) continue;
      const right = truth.planted ? leads.filter(({ target }) => target === (truth.target?.class ?? null)) : [];
      // Towards "any other class" a plant counts as well, right or not.
      const wrong = leads.filter((lead) => !right.includes(lead) && !(truth.planted && lead.target === null));
      found.push({ name, planted: truth.planted, right, wrong });
    }
  }
  return found;
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function probability(lead: Lead, weights: RuleWeights): number {
  return 1 / (1 + Math.exp(-oddsOf(judgedTerms(lead.features), weights)));
}

function oddsOf(terms: ReturnType<typeof judgedTerms>, weights: RuleWeights): number {
  return TERMS.reduce((sum, term) => sum + weights[term] * terms[term], weights.bias);
}

function best({ planted, right, wrong }: Model, weights: RuleWeights): number {
  return Math.max(0, ...(planted ? right : wrong).map((lead) => probability(lead, weights)));
}

function each(value: (term: (typeof TERMS)[number]) => number): Record<(typeof TERMS)[number], number> {
  return { stands: value('stands'), hits: value('hits'), apart: value('apart'), moved: value('moved') };
}

/** Gradient descent on the penalised log-likelihood; negatives of one model share one model's weight. */
function fit(chosen: readonly Model[], pull = 0.05): RuleWeights {
  let weights = { ...WEIGHTS };
  for (let round = 0; round < 8; round++) {
    const rows: { readonly terms: ReturnType<typeof judgedTerms>; readonly label: number; readonly share: number }[] = [];
    for (const model of chosen) {
      const strongest = [...model.right].sort((a, b) => probability(b, weights) - probability(a, weights))[0];
      if (strongest !== undefined) rows.push({ terms: judgedTerms(strongest.features), label: 1, share: 1 });
      // The strongest negatives are what false alarms are made of.
      const rivals = [...model.wrong].sort((a, b) => probability(b, weights) - probability(a, weights)).slice(0, 3);
      for (const lead of rivals) rows.push({ terms: judgedTerms(lead.features), label: 0, share: 1 / rivals.length });
    }
    for (let step = 0; step < 4000; step++) {
      const slope = { bias: pull * (weights.bias - WEIGHTS.bias), ...each((term) => pull * (weights[term] - WEIGHTS[term])) };
      for (const { terms, label, share } of rows) {
        const error = share * (1 / (1 + Math.exp(-oddsOf(terms, weights))) - label);
        slope.bias += error;
        for (const term of TERMS) slope[term] += error * terms[term];
      }
      const rate = 0.3 / Math.max(1, rows.length);
      const { bias } = weights;
      weights = { bias: bias - rate * slope.bias, ...each((term) => Math.max(0, weights[term] - rate * slope[term])) };
    }
  }
  return weights;
}
