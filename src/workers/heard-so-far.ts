// What an audit has said so far, for the report of one that is stopped before its end.
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Coverage, Finding, Task } from '../engine/core/finding.ts';
import { reportOfStopped } from '../engine/report/stopped-report.ts';
import type { Report } from '../engine/report/report.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';

export class HeardSoFar {
  readonly #findings = new Map<string, Finding>();
  readonly #coverage = new Map<string, Coverage>();
  #stagesDone = 0;

  take(event: AuditEvent): void {
    if (event.type === 'finding') this.#findings.set(event.finding.id, event.finding);
    if (event.type === 'coverage') this.#coverage.set(event.coverage.analysis, event.coverage);
    if (event.type === 'stage' && event.status === 'done') this.#stagesDone++;
  }

  /** Something of it has ended: worth an entry in the history. */
  get began(): boolean {
    return this.#stagesDone > 0;
  }

  report(checked: Report, why: string, options: Report['options'], { environment: ran, task }: { readonly environment?: RuntimeEnvironment | undefined; readonly task: Task }): Report {
    const environment = ran === undefined ? checked.environment : { backend: ran.backend, threads: ran.threads, adapter: ran.adapter };
    return reportOfStopped(checked, { findings: [...this.#findings.values()], coverage: [...this.#coverage.values()], why, task, options, environment });
  }
}
