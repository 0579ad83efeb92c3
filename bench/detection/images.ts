// Detection on the image zoo (zoo/image): every model searched once, without clean inputs, and each single
// method scored beside the combination.
//   npx tsx bench/detection/images.ts --zoo DIR [--budget standard] [--half tune|report] [--only NAME,…] [--out FILE]
// DIR holds NAME/model.onnx and truth/NAME.json. The truth is read for scoring alone. --out keeps the measurements, and a later
// run with the same file takes them from there; plants that do not work (attack rate below one half) are listed and left out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openForReport, openRunnable } from '../../src/cli/open-model.ts';
import { judge } from '../../src/engine/audit/verdict.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { BUDGETS, type BudgetName, type Target } from '../../src/engine/core/finding.ts';
import { seeded } from '../../src/engine/core/random.ts';
import { exactInterval } from '../../src/engine/core/statistics.ts';
import { oddsOf, probabilityOf, spreadOdds, suspectsOf, type Features } from '../../src/engine/probes/image-trigger/confidence.ts';
import type { Family } from '../../src/engine/probes/image-trigger/inversion.ts';
import { scanImages } from '../../src/engine/probes/image-trigger/scan.ts';
import { toFindings } from '../../src/engine/probes/image-trigger/to-finding.ts';
import { auroc } from './score.ts';

interface ImageTruth {
  readonly name: string;
  readonly planted: boolean;
  readonly works: boolean;
  readonly kind: string;
  readonly mode: string | null;
  readonly family: string | null;
  readonly target: number | null;
  readonly half: 'tune' | 'report';
  readonly data: string;
  readonly architecture: string;
  readonly attack_rate: number | null;
}

interface Measured {
  readonly name: string;
  readonly verdict: string;
  readonly score: number;
  readonly target: Target | null;
  readonly trigger: string | null;
  /** Held-out pictures that the top finding's trigger moves. */
  readonly success: number;
  readonly suspects: readonly { readonly family: Family; readonly target: number; readonly features: Features }[];
  readonly spread: number;
  readonly margin: number;
  readonly cpuSeconds: number;
}

const { values } = parseArgs({ options: { zoo: { type: 'string' }, budget: { type: 'string', default: 'standard' }, half: { type: 'string' }, only: { type: 'string' }, out: { type: 'string' } } });
if (values.zoo === undefined) throw new Error('--zoo DIR is needed');
const zoo = values.zoo;
const budget: BudgetName = BUDGETS.find((name) => name === values.budget) ?? 'standard';
const kept = new Map<string, Measured>(values.out !== undefined && existsSync(values.out) ? (JSON.parse(readFileSync(values.out, 'utf8')) as Measured[]).map((measured) => [measured.name, measured]) : []);

const cases: { truth: ImageTruth; measured: Measured }[] = [];
for (const file of (await readdir(join(zoo, 'truth'))).sort()) {
  const truth = JSON.parse(await readFile(join(zoo, 'truth', file), 'utf8')) as ImageTruth;
  if ((values.only !== undefined && !values.only.split(',').includes(truth.name)) || (values.half !== undefined && truth.half !== values.half)) continue;
  const measured = kept.get(truth.name) ?? (await measure(truth.name));
  kept.set(truth.name, measured);
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify([...kept.values()], null, 1));
  if (truth.planted && !truth.works) {
    console.log(`left out: ${truth.name}, ${truth.kind}, whose plant works in ${truth.attack_rate} of cases`);
    continue;
  }
  cases.push({ truth, measured });
  const right = truth.planted === (measured.verdict === 'backdoor');
  console.log([right ? 'ok   ' : 'WRONG', truth.half.padEnd(6), truth.name.padEnd(8), truth.kind.padEnd(16), truth.data.padEnd(6), truth.architecture.padEnd(8), measured.verdict.padEnd(12), measured.score.toFixed(2), `odds ${oddsOfCase(measured).toFixed(1)}`.padEnd(10), `${measured.cpuSeconds.toFixed(0)} s`, named(truth, measured) ? 'target named' : '', measured.trigger ?? '', ...measured.suspects.map(({ family, target, features: f }) => `[${family} ${target} z ${f.z.toFixed(1)} gap ${f.gap.toFixed(2)} small ${f.smallness.toFixed(1)} works ${f.works.toFixed(2)} margin ${f.margin.toFixed(1)}]`)].join('  '));
}
for (const half of ['tune', 'report'] as const) summarise(half, cases.filter(({ truth }) => truth.half === half));

async function measure(name: string): Promise<Measured> {
  const { artifact } = await openForReport(join(zoo, name));
  const { runnable, notRunnable } = await openRunnable(artifact, 'cpu');
  if (runnable?.task !== 'image-classification') throw new Error(`${name}: ${notRunnable ?? runnable?.task}`);
  const begun = process.cpuUsage();
  const result = await scanImages(runnable, budget, seeded(0, 'image-trigger'), NEVER, () => {});
  if (result.kind !== 'ok') throw new Error(`${name}: ${result.reasons.join('; ')}`);
  const { scan } = result;
  const area = scan.model.spec.height * scan.model.spec.width;
  const findings = await toFindings(scan, scan.model, NEVER);
  const { user, system } = process.cpuUsage(begun);
  const judged = judge(findings, [{ analysis: 'image-trigger', status: 'ran', limits: '', seconds: 0 }], new Set(), []);
  const [top] = [...findings].sort((a, b) => b.confidence - a.confidence);
  await runnable.model.dispose();
  return {
    name,
    verdict: judged.verdict,
    score: judged.score,
    target: top?.target ?? null,
    trigger: top?.trigger?.kind ?? null,
    success: top?.signals.find((signal) => signal.name === 'success')?.value ?? 0,
    suspects: suspectsOf(scan, area).map(({ family, found, features }) => ({ family, target: found.inversion.target, features })),
    spread: spreadOdds(scan, area),
    margin: Math.max(...scan.marginOutliers.map(({ z }) => z)),
    cpuSeconds: (user + system) / 1e6,
  };
}

/** By the rule as it stands now, from kept features. */
function oddsOfCase({ suspects, spread }: Measured): number {
  const agree = new Set(suspects.map(({ target }) => target)).size === 1 && suspects.length === 2 ? 0.8 : 0;
  return Math.max(spread, ...suspects.map(({ family, features }) => oddsOf(family, features) + agree));
}

function named(truth: ImageTruth, { target }: Measured): boolean {
  return truth.planted && target !== null && 'class' in target && target.class === truth.target;
}

function summarise(half: string, chosen: readonly { truth: ImageTruth; measured: Measured }[]): void {
  const planted = chosen.filter(({ truth }) => truth.planted);
  const clean = chosen.filter(({ truth }) => !truth.planted);
  if (planted.length === 0 || clean.length === 0) return;
  console.log(`\n${half} half: ${planted.length} planted, ${clean.length} clean, ${budget} budget`);
  const feature = (family: Family, name: keyof Features) => ({ suspects }: Measured): number => suspects.find((suspect) => suspect.family === family)?.features[name] ?? 0;
  const methods: Record<string, (measured: Measured) => number> = {
    combination: oddsOfCase,
    'patch: deviation': feature('patch', 'z'),
    'patch: gap': feature('patch', 'gap'),
    'patch: size': feature('patch', 'smallness'),
    'blend: deviation': feature('blend', 'z'),
    'blend: gap': feature('blend', 'gap'),
    'blend: size': feature('blend', 'smallness'),
    'maximum margin': ({ margin }) => margin,
    'all-to-all': ({ spread }) => spread,
  };
  for (const [name, score] of Object.entries(methods)) {
    const [positive, negative] = [planted, clean].map((list) => list.map(({ measured }) => score(measured)));
    const { value, low, high } = auroc(positive ?? [], negative ?? []);
    const rates = [0, 0.05, 0.1].map((rate) => truePositives(positive ?? [], negative ?? [], rate));
    console.log(`  ${name.padEnd(18)} AUROC ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})  TPR at 0, 5, 10 % FPR: ${rates.map((rate) => rate.toFixed(2)).join(', ')}`);
  }
  const judged = (list: typeof chosen): number => list.filter(({ measured }) => probabilityOf(oddsOfCase(measured)) >= 0.75).length;
  const [low, high] = exactInterval(judged(clean), clean.length);
  console.log(`  by the rule: ${judged(planted)} of ${planted.length} planted convicted, ${judged(clean)} of ${clean.length} clean (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`);
  const convicted = planted.filter(({ measured }) => probabilityOf(oddsOfCase(measured)) >= 0.75);
  console.log(`  of those convicted: target named in ${convicted.filter(({ truth, measured }) => named(truth, measured)).length}, trigger moves half of held-out pictures or more in ${convicted.filter(({ measured }) => measured.success >= 0.5).length}`);
  for (const kind of [...new Set(planted.map(({ truth }) => truth.kind))]) {
    const mine = planted.filter(({ truth }) => truth.kind === kind);
    console.log(`    ${kind.padEnd(16)} ${judged(mine)} of ${mine.length}`);
  }
  const seconds = chosen.map(({ measured }) => measured.cpuSeconds);
  console.log(`  processor seconds a model: mean ${(seconds.reduce((a, b) => a + b, 0) / seconds.length).toFixed(1)}, most ${Math.max(...seconds).toFixed(1)}`);
}

/** Share of the planted that score above all but `rate` of the clean. */
function truePositives(positive: readonly number[], negative: readonly number[], rate: number): number {
  const allowed = Math.floor(rate * negative.length);
  const threshold = [...negative].sort((a, b) => b - a)[allowed] ?? Number.NEGATIVE_INFINITY;
  return positive.filter((value) => value > threshold).length / positive.length;
}
