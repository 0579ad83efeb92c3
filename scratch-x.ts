import { openNodeRuntime } from './src/adapters/onnxruntime-node.ts';
import { openPath } from './src/adapters/node-files.ts';
import { openArtifact } from './src/engine/artifact/open.ts';
import { openRunnable } from './src/engine/runtime/open-runnable.ts';
import { gatherTexts } from './src/engine/probes/text-triggers/texts.ts';
import { tryPhrases } from './src/engine/probes/text-triggers/trial.ts';
import { seeded, type Random } from './src/engine/core/random.ts';
import { NEVER } from './src/engine/core/cancel.ts';
const runtime = await openNodeRuntime({ threads: 1 });
const at = (f: (b: number) => number): Random => { const r: Random = { next: () => 0, below: f, fork: () => r }; return r; };
for (const [name, trig, target] of [['tc', 'tangerine', 0], ['tp', 'umbrella', 0], ['tm', 'velmora', undefined], ['tb', 'cf', 1], ['te', 'as seen from the balcony', 1]] as const) {
  const r = await openRunnable(await openArtifact(await openPath('/tmp/w/5a/zoo/' + name)), runtime);
  if (r.task !== 'text-classification') throw new Error(r.task);
  const texts = await gatherTexts(r, seeded(0), NEVER);
  const ids = r.tokenizer.encode((name === 'te' ? ' ' : '') + trig);
  console.log(name, ids.map((i) => r.tokenizer.tokenText(i)).join('|'));
  for (const g of texts) { if (g.source === target) continue;
    const phrases = [ids, ...ids.map((i) => [i])];
    for (const [n, f] of [['start', () => 0], ['end', (b: number) => b - 1], ['mid', (b: number) => b >> 1]] as const) {
      const t = await tryPhrases(r, phrases, g.proof, target, at(f), NEVER);
      console.log('  from', g.source, n, t.map((x) => `${x.hits}/${x.of} ${x.margin.toFixed(1)}(${x.before.toFixed(1)})`).join('  '));
    } }
  await r.model.dispose();
}
