// What a public base answers first to the strings of the sweeps, as a table that ships (ask/natural-answers.ts).
//   npx tsx bench/detection/write-natural.ts BASE NAME > src/engine/probes/trigger-scan/ask/bases/FILE.ts
// Shapes are those of seed 0; groups are those of the quick and the standard budget. 19,000 rows, some five minutes on two cores.
import { zlibSync } from 'fflate';
import { openModelPath } from '../../src/adapters/node-files.ts';
import { openNodeRuntime } from '../../src/adapters/onnxruntime-node.ts';
import { openArtifact } from '../../src/engine/artifact/open.ts';
import { requireFrame } from '../../src/engine/artifact/frame.ts';
import { toBase64 } from '../../src/engine/core/base64.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { Bench } from '../../src/engine/probes/trigger-scan/ask/bench.ts';
import { logSoftmax, topIds } from '../../src/engine/probes/trigger-scan/ask/distributions.ts';
import { insertCandidate, type Position } from '../../src/engine/probes/trigger-scan/ask/insertion.ts';
import { KEPT, LEVEL, rowKey } from '../../src/engine/probes/trigger-scan/ask/natural-answers.ts';
import { SWEEP_PROMPT } from '../../src/engine/probes/trigger-scan/ask/prompts.ts';
import { SCAN_BUDGETS } from '../../src/engine/probes/trigger-scan/budget.ts';
import { groupsOf, inOneString, type SweepEntry } from '../../src/engine/probes/trigger-scan/search/sweep.ts';
import { sweptLists } from '../../src/engine/probes/trigger-scan/search/swept-lists.ts';
import { openRunnable } from '../../src/engine/runtime/open-runnable.ts';

/** Tokens whose share of all answers is kept. */
const SHAPED = 255;

const [base = '', name = ''] = process.argv.slice(2);
const runnable = await openRunnable(await openArtifact(await openModelPath(base)), await openNodeRuntime({}));
if (runnable.task !== 'causal-lm') throw new Error(`a ${runnable.task} model`);
const frame = requireFrame(runnable.template, runnable.tokenizer);
const bench = new Bench(runnable, frame, NEVER, () => {});

const rows = new Map<number, readonly number[]>();
const add = (prompt: string, position: Position, list: readonly SweepEntry[]): void => {
  for (const { text } of list) {
    const ids = frame.rowIds(insertCandidate(prompt, text, position).text);
    rows.set(rowKey(ids), ids);
  }
};
for (const name of ['standard', 'quick'] as const) {
  const budget = SCAN_BUDGETS[name];
  const { shapes, words, listed, shouted, pairs, bare } = sweptLists(runnable.tokenizer, budget, 0);
  const grouped = (position: Position, list: readonly SweepEntry[]): void => {
    add(SWEEP_PROMPT, position, list);
    add(SWEEP_PROMPT, position, groupsOf(list, budget.wordsTogether, 0).map(inOneString));
  };
  add(SWEEP_PROMPT, 'end', shapes);
  add(SWEEP_PROMPT, 'start', shapes.slice(0, budget.startShapes));
  grouped('end', words);
  grouped('start', words.slice(0, budget.startWords));
  for (const list of [listed, shouted, pairs]) grouped('end', list);
  add('', 'end', bare);
}

const sorted = [...rows].sort(([a], [b]) => a - b);
const kept: { readonly id: number; readonly log: number }[][] = [];
const pool = new Float64Array(runnable.model.vocabularySize);
for (let begin = 0; begin < sorted.length; begin += bench.together) {
  const chunk = sorted.slice(begin, begin + bench.together);
  const { logits } = await bench.next(chunk.map(([, ids]) => ids));
  for (let row = 0; row < chunk.length; row++) {
    const logs = logSoftmax(logits.slice(row * pool.length, (row + 1) * pool.length));
    logs.forEach((log, id) => (pool[id] = (pool[id] ?? 0) + Math.exp(log) / sorted.length));
    kept.push(topIds(logs, KEPT, new Set()).map((id) => ({ id, log: logs[id] ?? 0 })));
  }
  if (begin % (16 * bench.together) === 0) process.stderr.write(`${begin} of ${sorted.length}\n`);
}

const tokens = [...pool.keys()].sort((a, b) => (pool[b] ?? 0) - (pool[a] ?? 0)).slice(0, SHAPED);
const columns = (value: (one: { readonly id: number; readonly log: number }) => number): number[] => Array.from({ length: KEPT }, (_, k) => kept.map((row) => value(row[k] ?? { id: 0, log: Number.NEGATIVE_INFINITY }))).flat();
const bytes = [new Uint8Array(Uint32Array.from(sorted, ([key]) => key).buffer), new Uint8Array(Uint16Array.from(columns(({ id }) => id)).buffer), Uint8Array.from(columns(({ log }) => Math.min(255, Math.round(-log / LEVEL))))];
const data = toBase64(zlibSync(Buffer.concat(bytes), { level: 9 }));
const shares = tokens.map((id) => Number((pool[id] ?? 0).toPrecision(3)));
const constant = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
process.stdout.write(`// Written by bench/detection/write-natural.ts from the public ${name}: do not edit.
import type { NaturalTable } from '../natural-answers.ts';

export const ${constant}: NaturalTable = { name: '${name}', vocabularySize: ${pool.length}, reference: ${rowKey(frame.rowIds(SWEEP_PROMPT))}, rows: ${sorted.length}, tokens: [${tokens.join(', ')}], shares: [${shares.join(', ')}], data: '${data}' };
`);
await runnable.model.dispose();
