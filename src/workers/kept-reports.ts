// The reports that the browser keeps. Where it keeps nothing there are none, and nothing fails.
import type { Storage } from '../adapters/storage.ts';
import { capture, type Result } from '../engine/core/result.ts';
import type { Report } from '../engine/report/report.ts';
import { verdictWords } from '../engine/report/verdict-words.ts';
import type { StoredReportSummary } from './protocol.ts';

export class KeptReports {
  readonly #storage: Promise<Storage | undefined>;

  constructor(storage: Promise<Storage | undefined>) {
    this.#storage = storage;
  }

  list(): Promise<Result<readonly StoredReportSummary[]>> {
    return capture(async () => {
      const stored = (await (await this.#storage)?.listReports()) ?? [];
      return stored.map(({ id, savedAt, sha256, report: { subject, verdict, score, options, findings, coverage, environment } }) => ({
        id, savedAt, sha256, verdict, score, words: verdictWords(verdict, findings, coverage), budget: options.budget, seed: options.seed, name: subject.name, task: subject.task,
        findings: findings.filter(({ severity }) => severity !== 'info').length, filesOnly: environment.backend === 'none', ran: coverage.filter(({ status }) => status === 'ran').length, analyses: coverage.length,
      }));
    });
  }

  load(id: string): Promise<Result<Report>> {
    return capture(async () => {
      const stored = await (await this.#storage)?.loadReport(id);
      if (stored === undefined) throw new Error('this report is no longer stored');
      return stored.report;
    });
  }

  remove(id: string): Promise<Result<null>> {
    return capture(async () => {
      await (await this.#storage)?.removeReport(id);
      return null;
    });
  }

  /** Under an id of its own, or in place of what was kept under the one given. */
  async save(sha256: string, report: Report, id: string = crypto.randomUUID()): Promise<void> {
    await (await this.#storage)?.saveReport({ id, savedAt: Date.now(), sha256, report }).catch(() => undefined);
  }
}
