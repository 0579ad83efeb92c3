// The monitor worker's entry: each call awaits one engine function.
import * as Comlink from 'comlink';
import { fileSource } from '../adapters/file-source.ts';
import { NEVER, observed } from '../engine/core/cancel.ts';
import { capture } from '../engine/core/result.ts';
import { checkLog } from '../engine/monitor/check.ts';
import { openLog, type Log } from '../engine/monitor/log/open-log.ts';
import { powerCurves, powerSubjects } from '../engine/monitor/power.ts';
import { buildProfile } from '../engine/monitor/profile/build-profile.ts';
import { redTeam } from '../engine/monitor/red-team.ts';
import { searchLog } from '../engine/monitor/search-log.ts';
import { TOOL } from '../engine/report/build-report.ts';
import type { LogFiles, MonitorWorker, PowerResult } from './monitor-protocol.ts';
import { beater } from './standstill.ts';

/** Cancelling ends this worker; the signal only shows that the work goes on. */
const signal = observed(NEVER, beater((beat) => postMessage(beat), () => performance.now()));

function open({ name, files }: LogFiles): Promise<Log> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return openLog(name, sorted.map(({ path, file }) => fileSource(file, path)), signal);
}

const worker: MonitorWorker = {
  describe: (files) =>
    capture(async () => {
      const log = await open(files);
      return { name: log.name, formats: log.formats, bytes: log.files.reduce((sum, { size }) => sum + size, 0), ...log.guess };
    }),
  baseline: ({ log, mapping, model }, onRows) => capture(async () => buildProfile(await open(log), mapping, { model, tool: TOOL, signal, onProgress: onRows })),
  check: ({ log, profile, ...options }, onRows) =>
    capture(async () => checkLog(await open(log), profile, { ...options, tool: TOOL, signal, clock: { now: () => performance.now() }, onProgress: onRows })),
  power: ({ profile, subject, budget, lengths }) =>
    capture(async (): Promise<PowerResult> => {
      const subjects = powerSubjects(profile).filter(({ monitor }) => monitor === 'class-shift' || monitor === 'value-shift');
      const chosen = subjects.find(({ label }) => label === subject) ?? subjects[0];
      if (chosen === undefined) throw new Error('the baseline has neither classes nor values');
      return { subjects: subjects.map(({ label }) => label), subject: chosen.label, baseline: chosen.baseline, curves: powerCurves(chosen, lengths, budget) };
    }),
  redTeam: (profile, request, onRuns) => capture(() => redTeam(profile, request, signal, onRuns)),
  search: (files, mapping, trigger) => capture(async () => searchLog(await open(files), mapping, trigger, signal)),
};

Comlink.expose(worker);
