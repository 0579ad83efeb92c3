// Writes a CSV or JSON-lines log of N simulated predictions (time, label, confidence, latency, client, prompt, eight
// features), a share of its rows broken.
//   node --import tsx bench/monitor/make-text.ts FILE ROWS SEED csv|jsonl [broken share]
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { DIMENSIONS, simulate } from '../../src/engine/monitor/testing/streams.ts';

const [file = 'log.csv', rowsText = '100000', seedText = '1', format = 'csv', brokenText = '0'] = process.argv.slice(2);
const every = Number(brokenText) > 0 ? Math.round(1 / Number(brokenText)) : 0;
const out = createWriteStream(file);
let pending: string[] = format === 'csv' ? [`time,label,confidence,latency_ms,client,prompt,${Array.from({ length: DIMENSIONS }, (_, k) => `f${k}`).join(',')}`] : [];
let row = 0;
for (const { time, label, confidence, latency_ms, client, prompt, features } of simulate({ rows: Number(rowsText), seed: Number(seedText) })) {
  const broken = every > 0 && row % every === every - 1;
  if (broken) pending.push(format === 'csv' ? 'cut,off' : '{"label":');
  else if (format === 'csv') pending.push([new Date(time).toISOString(), label, confidence, latency_ms, client, `"${prompt}"`, ...features].join(','));
  else pending.push(JSON.stringify({ time, label, confidence, latency_ms, client, prompt, features }));
  row++;
  if (pending.length >= 10_000) {
    if (!out.write(`${pending.join('\n')}\n`)) await once(out, 'drain');
    pending = [];
  }
}
out.end(pending.length > 0 ? `${pending.join('\n')}\n` : '');
await once(out, 'finish');
