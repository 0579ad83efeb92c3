// Every attack of the red-team bench against a baseline, sequential and batch monitors: what is seen, and when.
//   node --import tsx bench/monitor/red-team.ts BASELINE.json CLASS [runs] [predictions] [doses, 0.01|0.05] > red-team.json
import { readFile } from 'node:fs/promises';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { parseProfile } from '../../src/engine/monitor/profile/profile.ts';
import { ATTACKS, redTeam } from '../../src/engine/monitor/red-team.ts';

const [file = '', label = '', runsText = '5', predictionsText = '20000', dosesText = '0.01|0.05'] = process.argv.slice(2);
const profile = parseProfile(await readFile(file, 'utf8'), file);
const target = Math.max(0, profile.classes.labels.indexOf(label));
const [runs, predictions] = [Number(runsText), Number(predictionsText)];
const rows: unknown[] = [];
for (const [attack, dose] of [['nudge', 1e-9] as const, ...ATTACKS.flatMap((id) => dosesText.split('|').map(Number).map((dose) => [id, dose] as const))]) {
  const { detected, medianDelay, monitors, notSimulated } = await redTeam(profile, { attack, target, dose, predictions, runs, budget: 1e-5, seed: 1 }, NEVER);
  rows.push({ attack: dose < 1e-6 ? 'none' : attack, dose: dose < 1e-6 ? 0 : dose, detected, medianDelay: medianDelay ?? null, monitors: monitors.filter((entry) => entry.detected > 0).map(({ monitor, kind, detected: share, medianDelay: delay }) => ({ monitor, kind, detected: share, medianDelay: delay ?? null })), notSimulated });
  process.stderr.write(`${attack} ${dose}\n`);
}
process.stdout.write(`${JSON.stringify({ predictions, runs, target: profile.classes.labels[target], rows }, null, 1)}\n`);
