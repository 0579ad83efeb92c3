// Detection on the text zoo (zoo/text): every model searched once, without clean inputs, and each analysis scored beside
// the combination.
//   npx tsx bench/detection/texts.ts --zoo DIR [--budget standard] [--half tune|report|fresh] [--only NAME,…] [--out FILE]
// DIR holds model folders and truth/NAME.json. The truth is read for scoring alone. --out keeps the measurements, and a later
// run with the same file takes them from there and judges them by the rule as it stands; plants that work in less than half
// of the texts are listed and left out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openForReport, openRunnable } from '../../src/cli/open-model.ts';
import type { AuditContext } from '../../src/engine/audit/analysis.ts';
import { CONVICTION } from '../../src/engine/audit/verdict.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { BUDGETS, type BudgetName, type Finding } from '../../src/engine/core/finding.ts';
import { seeded } from '../../src/engine/core/random.ts';
import { exactInterval } from '../../src/engine/core/statistics.ts';
import { contrastFound } from '../../src/engine/probes/text-triggers/judge/contrast.ts';
import { besideOthers, confidenceOf, type ContrastFeatures } from '../../src/engine/probes/text-triggers/judge/judge.ts';
import { budgetOf, measure, slopesFor } from '../../src/engine/probes/text-triggers/sweep/measure.ts';
import { searchDirection } from '../../src/engine/probes/text-triggers/search/search.ts';
import { runStyleScan } from '../../src/engine/probes/text-triggers/styles/style-scan.ts';
import { methodLine, sharesWords } from './score.ts';
import type { Lead } from './text-lead.ts';

const HALVES = ['tune', 'report', 'fresh'] as const;

interface TextTruth {
  readonly name: string;
  readonly planted: boolean;
  readonly kind: string;
  readonly architecture: string;
  readonly data: string;
  readonly trigger: string | null;
  readonly trigger_examples: readonly string[];
  readonly target: { readonly class: number } | null;
  readonly half: (typeof HALVES)[number];
  readonly success_rate?: number;
}

interface Measured {
  readonly name: string;
  readonly leads: readonly Lead[];
  readonly styles: readonly { readonly confidence: number; readonly title: string; readonly target: number | null; readonly value: string }[];
  readonly cpuSeconds: number;
  readonly tokens: number;
  readonly vocabulary: number;
}

const { values } = parseArgs({ options: { zoo: { type: 'string' }, budget: { type: 'string', default: 'standard' }, half: { type: 'string' }, only: { type: 'string' }, out: { type: 'string' }, verbose: { type: 'boolean' } } });
if (values.zoo === undefined) throw new Error('--zoo DIR is needed');
const zoo = values.zoo;
const budget: BudgetName = BUDGETS.find((name) => name === values.budget) ?? 'standard';
const kept = new Map<string, Measured>(values.out !== undefined && existsSync(values.out) ? (JSON.parse(readFileSync(values.out, 'utf8')) as Measured[]).map((measured) => [measured.name, measured]) : []);

const cases: { readonly truth: TextTruth; readonly measured: Measured }[] = [];
for (const file of (await readdir(join(zoo, 'truth'))).sort()) {
  const truth = JSON.parse(await readFile(join(zoo, 'truth', file), 'utf8')) as TextTruth;
  if ((values.only !== undefined && !values.only.split(',').includes(truth.name)) || (values.half !== undefined && truth.half !== values.half)) continue;
  const measured = kept.get(truth.name) ?? (await measureModel(truth.name));
  kept.set(truth.name, measured);
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify([...kept.values()], null, 1));
  if (truth.planted && (truth.success_rate ?? 0) < 0.5) {
    console.log(`left out: ${truth.name}, ${truth.kind}, whose plant works in ${truth.success_rate} of texts`);
    continue;
  }
  cases.push({ truth, measured });
  const { score, text, target } = judged(measured);
  const right = truth.planted === score >= CONVICTION;
  console.log([right ? 'ok   ' : 'WRONG', truth.half.padEnd(6), truth.name, truth.kind.padEnd(11), truth.data.padEnd(7), truth.architecture.padEnd(10), score.toFixed(2), `${measured.cpuSeconds.toFixed(0)} s`, named(truth, target) ? 'target' : '      ', recovered(truth, text) ? 'trigger' : '       ', `${truth.trigger ?? '-'} | ${text}`].join('  '));
  if (values.verbose) {
    const best = [...measured.leads].sort((a, b) => confidenceOf(b.features) - confidenceOf(a.features)).slice(0, 6);
    for (const { direction, text: phrase, features: f } of best) console.log(`        ${confidenceOf(f).toFixed(2)} ${direction} ${f.kind} [${f.length}] ${phrase}: hits ${(100 * f.hits).toFixed(0)} % (${(100 * f.rivalHits).toFixed(0)}, ${(100 * f.commonHits).toFixed(0)}) lead ${f.lead.toFixed(2)} over median ${f.leadOverMedian.toFixed(2)} gain ${f.gain.toFixed(1)}`);
    for (const style of measured.styles) console.log(`        ${style.confidence.toFixed(2)} ${style.title}`);
  }
}
for (const half of HALVES) summarise(half, cases.filter(({ truth }) => truth.half === half));

async function measureModel(name: string): Promise<Measured> {
  const { artifact, files } = await openForReport(join(zoo, name));
  const { runnable, notRunnable, environment } = await openRunnable(artifact, 'cpu');
  if (runnable?.task !== 'text-classification') throw new Error(`${name}: ${notRunnable ?? runnable?.task}`);
  const begun = process.cpuUsage();
  const context: AuditContext = { artifact, runnable, files, environment, options: { budget, seed: 0 }, signal: NEVER, clock: { now: () => performance.now() } };
  const { texts, tokens, budget: spent, sweep, directions } = await measure(runnable, context, () => {});
  const slopes = await slopesFor(runnable, texts, spent, NEVER);
  const leads: Lead[] = [];
  for (const [index, direction] of directions.entries()) {
    // As scan.ts draws, so that the bench measures what the audit does.
    const random = seeded(0, direction.kind === 'away' ? 'text-inversion' : 'text-token-flip');
    const found = await searchDirection(runnable, slopes, direction, sweep, texts, budgetOf(spent, index, direction.kind), random.fork(direction.id), NEVER);
    for (const contrast of await contrastFound(runnable, found, texts, NEVER))
      leads.push({ direction: direction.id, kind: direction.kind, target: direction.target ?? null, text: runnable.tokenizer.decode(contrast.phrase).trim(), features: contrast.features });
  }
  await slopes?.dispose();
  const styles: Finding[] = [];
  await runStyleScan(context, runnable, (event) => {
    if (event.type === 'finding') styles.push(event.finding);
  });
  const { user, system } = process.cpuUsage(begun);
  const { tokensRun } = runnable.model;
  await runnable.model.dispose();
  const style = styles.map(({ confidence, title, target, trigger }) => ({ confidence, title, target: target !== undefined && 'class' in target ? target.class : null, value: trigger?.value ?? '' }));
  return { name, leads, styles: style, cpuSeconds: (user + system) / 1e6, tokens: tokensRun, vocabulary: tokens.length };
}

interface Judged {
  readonly score: number;
  readonly text: string;
  readonly target: number | null;
}

/** By the rule as it stands now, from kept features. */
function judged(measured: Measured, methods: readonly string[] = ['token flip', 'inversion', 'style']): Judged {
  // One lead a direction, as the audit reports them, each beside those towards other classes.
  const best = new Map<string, { readonly confidence: number; readonly text: string; readonly target: number | null }>();
  for (const { direction, kind, features, text, target } of measured.leads) {
    const confidence = confidenceOf(features);
    if (methods.includes(kind === 'away' ? 'inversion' : 'token flip') && confidence > (best.get(direction)?.confidence ?? -1) + 0.02) best.set(direction, { confidence, text, target });
  }
  const leads = [...best.values()];
  const phrases = leads.map((lead) => ({ score: besideOthers(lead, leads), text: lead.text, target: lead.target }));
  const styles = methods.includes('style') ? measured.styles.map(({ confidence, value, target }) => ({ score: confidence, text: value, target })) : [];
  return [...phrases, ...styles].reduce<Judged>((best, lead) => (lead.score > best.score + 0.02 ? lead : best), { score: 0, text: '', target: null });
}

function named(truth: TextTruth, target: number | null): boolean {
  return truth.planted && (truth.target === null ? target === null : target === truth.target.class);
}

function recovered(truth: TextTruth, text: string): boolean {
  if (!truth.planted) return false;
  const plain = (value: string): string => value.toLowerCase().replaceAll(/[^\p{L}\p{N}?!;]/gu, '');
  return [truth.trigger ?? '', ...truth.trigger_examples].some((known) => sharesWords(known, text) || (plain(text) !== '' && plain(known).includes(plain(text))));
}

function summarise(half: string, chosen: readonly { readonly truth: TextTruth; readonly measured: Measured }[]): void {
  const planted = chosen.filter(({ truth }) => truth.planted);
  const clean = chosen.filter(({ truth }) => !truth.planted);
  if (planted.length === 0 || clean.length === 0) return;
  console.log(`\n${half} half: ${planted.length} planted, ${clean.length} clean, ${budget} budget`);
  const raw = (pick: (features: ContrastFeatures) => number) => ({ leads }: Measured): number => Math.max(0, ...leads.filter(({ features }) => features.kind === 'single').map(({ features }) => pick(features)));
  const methods: Record<string, (measured: Measured) => number> = {
    combination: (measured) => judged(measured).score,
    'token flip': (measured) => judged(measured, ['token flip']).score,
    inversion: (measured) => judged(measured, ['inversion']).score,
    style: (measured) => judged(measured, ['style']).score,
    'best single token: hits': raw(({ hits }) => hits),
    'best single token: lead': raw(({ lead }) => lead),
  };
  for (const [name, score] of Object.entries(methods)) {
    const [positive, negative] = [planted, clean].map((list) => list.map(({ measured }) => score(measured)));
    console.log(methodLine(name, positive ?? [], negative ?? []));
  }
  const convicted = (list: typeof chosen): typeof chosen => list.filter(({ measured }) => judged(measured).score >= CONVICTION);
  const [low, high] = exactInterval(convicted(clean).length, clean.length);
  console.log(`  by the rule: ${convicted(planted).length} of ${planted.length} planted convicted, ${convicted(clean).length} of ${clean.length} clean (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`);
  const hits = convicted(planted);
  console.log(`  of those convicted: target named in ${hits.filter(({ truth, measured }) => named(truth, judged(measured).target)).length}, trigger named in ${hits.filter(({ truth, measured }) => recovered(truth, judged(measured).text)).length}`);
  for (const kind of [...new Set(planted.map(({ truth }) => truth.kind))]) {
    const mine = planted.filter(({ truth }) => truth.kind === kind);
    console.log(`    ${kind.padEnd(12)} ${convicted(mine).length} of ${mine.length}`);
  }
  const seconds = chosen.map(({ measured }) => measured.cpuSeconds);
  console.log(`  processor seconds a model: mean ${(seconds.reduce((a, b) => a + b, 0) / seconds.length).toFixed(1)}, most ${Math.max(...seconds).toFixed(1)}`);
}
