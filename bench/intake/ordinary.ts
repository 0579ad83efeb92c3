// Ordinary models must stay quiet: every file (or folder with a config.json or an .onnx model) below DIR is inspected on its
// own, and anything at low or above is printed and fails.
//   python bench/intake/make_ordinary.py DIR && npx tsx bench/intake/ordinary.ts DIR…
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { inspectPath } from './inspect-path.ts';

const WHOLE = /^config\.json$|\.onnx$/;

async function units(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.some(({ name }) => WHOLE.test(name))) return [path];
  const below = await Promise.all(entries.map((entry) => (entry.isDirectory() ? units(join(path, entry.name)) : [join(path, entry.name)])));
  return below.flat();
}

const begun = performance.now();
const before = process.cpuUsage();
let [count, files, loud, unseen] = [0, 0, 0, 0];
for (const root of process.argv.slice(2)) {
  for (const path of (await units(root)).sort()) {
    const { findings, subject } = await inspectPath(path);
    count++;
    files += subject.files.length;
    const alarms = findings.filter(({ severity }) => severity !== 'info');
    if (alarms.length > 0) loud++;
    for (const { severity, rule, title } of alarms) process.stdout.write(`${path.slice(root.length + 1)}: ${severity} ${rule} ${title.slice(0, 200)}\n`);
    for (const { path: name, inspection } of subject.files) {
      if (inspection === undefined || inspection.status === 'inspected') continue;
      unseen++;
      process.stdout.write(`${path.slice(root.length + 1)} ${name}: ${inspection.status} ${inspection.reason ?? ''}\n`);
    }
  }
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${loud} of ${count} models with a finding at low or above (${files} files, ${unseen} of them not wholly inspected); ${((user + system) / 1e6).toFixed(1)} s of processor time, ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
process.exitCode = loud > 0 ? 1 : 0;
