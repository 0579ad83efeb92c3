// Tokens per second of Assay's runtime in Node, for the shapes that a scan consists of.
// Usage: npx tsx bench/runtime/assay-node.ts MODEL [--shapes leak64,…] [--repeat N] [--threads N] [--json]
import { parseArgs } from 'node:util';
import { openPath } from '../../src/adapters/node-files.ts';
import { openNodeRuntime } from '../../src/adapters/onnxruntime-node.ts';
import { openArtifact } from '../../src/engine/artifact/open.ts';
import { openCausalLm } from '../../src/engine/runtime/open-causal-lm.ts';
import { measureShape } from './measure-shape.ts';
import { SHAPES } from './shapes.ts';

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
  for (let repeat = 0; repeat < Number(values.repeat); repeat++) best = Math.max(best, await measureShape(model, shape, () => performance.now()));
  results[shape.name] = Math.round(best * 10) / 10;
  if (!values.json) console.log(`${shape.name.padEnd(12)} ${best.toFixed(1)} tokens/s`);
}
const summary = { runtime: 'assay, onnxruntime-node', environment: runtime.environment, openSeconds, peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024), tokensPerSecond: results };
console.log(values.json ? JSON.stringify(summary) : `open ${openSeconds.toFixed(2)} s, peak ${summary.peakMemoryMiB} MiB`);
await model.dispose();
