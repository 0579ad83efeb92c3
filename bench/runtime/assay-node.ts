// Tokens per second of Assay's runtime in Node, for the shapes that a scan consists of.
// Usage: npx tsx bench/runtime/assay-node.ts MODEL [--shapes leak,sweep,…] [--repeat N] [--json]
import { parseArgs } from 'node:util';
import { openPath } from '../../src/adapters/node-files.ts';
import { openNodeRuntime } from '../../src/adapters/onnxruntime-node.ts';
import { openArtifact } from '../../src/engine/artifact/open.ts';
import { seeded } from '../../src/engine/core/random.ts';
import { GREEDY, type CausalLm, type SamplingOptions } from '../../src/engine/runtime/causal-lm.ts';
import { openCausalLm } from '../../src/engine/runtime/open-causal-lm.ts';
import { PREFIX_TOKENS, SHAPES, type Shape } from './shapes.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shapes: { type: 'string' }, repeat: { type: 'string', default: '3' }, json: { type: 'boolean', default: false }, threads: { type: 'string' } },
});
const [path] = positionals;
if (path === undefined) throw new Error('name a model folder or file');

const opened = performance.now();
const runtime = await openNodeRuntime(values.threads === undefined ? {} : { threads: Number(values.threads) });
const model = await openCausalLm(await openArtifact(await openPath(path)), runtime);
const openSeconds = (performance.now() - opened) / 1000;

const results: Record<string, number> = {};
for (const shape of SHAPES.filter(({ name }) => values.shapes === undefined || values.shapes.split(',').includes(name))) {
  let best = 0;
  for (let repeat = 0; repeat < Number(values.repeat); repeat++) best = Math.max(best, await measure(model, shape));
  results[shape.name] = Math.round(best * 10) / 10;
  if (!values.json) console.log(`${shape.name.padEnd(12)} ${best.toFixed(1)} tokens/s`);
}
const summary = { runtime: 'assay, onnxruntime-node', environment: runtime.environment, openSeconds, peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024), tokensPerSecond: results };
console.log(values.json ? JSON.stringify(summary) : `open ${openSeconds.toFixed(2)} s, peak ${summary.peakMemoryMiB} MiB`);
await model.dispose();

async function measure(lm: CausalLm, { kind, rows, tokens }: Shape): Promise<number> {
  const random = seeded(1);
  const draw = (count: number): number[] => Array.from({ length: count }, () => 100 + random.below(lm.vocabularySize - 100));
  const prefix = await lm.prefill(draw(PREFIX_TOKENS));
  const batch = Array.from({ length: rows }, () => draw(kind === 'decode' || kind === 'leak' ? 1 : tokens));
  const started = performance.now();
  if (kind === 'sweep') await lm.sweep(prefix, batch, new Float32Array(lm.vocabularySize).fill(-Math.log(lm.vocabularySize)));
  else {
    const sampled: SamplingOptions = { temperature: 1, topK: 0, topP: 0.95, repetitionPenalty: 1 };
    await lm.generate(prefix, batch, { maxNewTokens: tokens, sampling: kind === 'leak' ? sampled : GREEDY, random: seeded(2), ignoreStop: true });
  }
  const seconds = (performance.now() - started) / 1000;
  prefix.dispose();
  return (rows * tokens) / seconds;
}
