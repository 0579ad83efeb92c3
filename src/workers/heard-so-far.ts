// What an audit has said so far, for the report of one that ends before its time: what was found, and how far each analysis came.
import type { AuditEvent } from '../engine/audit/events.ts';
import { STOPPED, type Coverage, type Finding, type Task } from '../engine/core/finding.ts';
import type { Failure } from '../engine/core/result.ts';
import { reportOfStopped } from '../engine/report/stopped-report.ts';
import type { Report } from '../engine/report/report.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';

interface HeardStage {
  readonly label: string;
  readonly status: 'pending' | 'running' | 'done' | 'skipped';
}

export class HeardSoFar {
  readonly #findings = new Map<string, Finding>();
  readonly #coverage = new Map<string, Coverage>();
  /** Analysis -> stage, in the order of its plan. */
  readonly #stages = new Map<string, Map<string, HeardStage>>();
  #stagesDone = 0;

  take(event: AuditEvent): void {
    if (event.type === 'finding') this.#findings.set(event.finding.id, event.finding);
    if (event.type === 'coverage') this.#coverage.set(event.coverage.analysis, event.coverage);
    if (event.type === 'plan') this.#stages.set(event.analysis, new Map(event.stages.map(({ id, label }) => [id, this.#stages.get(event.analysis)?.get(id) ?? { label, status: 'pending' }])));
    if (event.type === 'stage') {
      const stages = this.#stages.get(event.analysis) ?? new Map<string, HeardStage>();
      this.#stages.set(event.analysis, stages.set(event.stage, { label: stages.get(event.stage)?.label ?? event.stage, status: event.status }));
      if (event.status === 'done') this.#stagesDone++;
    }
  }

  /** Something of it has ended: worth an entry in the history. */
  get began(): boolean {
    return this.#stagesDone > 0;
  }

  report(checked: Report, ended: Failure, options: Report['options'], { environment: ran, task }: { readonly environment?: RuntimeEnvironment | undefined; readonly task: Task }): Report {
    const environment = ran === undefined ? checked.environment : { backend: ran.backend, threads: ran.threads, adapter: ran.adapter };
    const why = ended.kind === 'cancelled' ? (analysis: string) => `${STOPPED} ${this.#howFar(analysis)}` : () => `the audit was broken off by an error: ${ended.message}`;
    return reportOfStopped(checked, { findings: [...this.#findings.values()], coverage: [...this.#coverage.values()], why, task, options, environment });
  }

  #howFar(analysis: string): string {
    const stages = [...(this.#stages.get(analysis)?.values() ?? [])];
    const begun = stages.filter(({ status }) => status !== 'pending');
    if (begun.length === 0) return 'before this began';
    const named = (list: readonly HeardStage[]): string => (list.length === 0 ? 'nothing' : list.map(({ label }) => label).join(', '));
    const over = stages.filter(({ status }) => status === 'done' || status === 'skipped');
    return `before this had ended (done: ${named(over)}; not done: ${named(stages.filter((stage) => !over.includes(stage)))})`;
  }
}
