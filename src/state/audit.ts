// The audit store: starts, pauses and cancels through the client, and folds its events (audit-reducer.ts).
// Events can come by the hundred a second: they are folded at once but published at most once per frame.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AuditEvent } from '../engine/audit/events.ts';
import type { NamedCandidate } from '../engine/audit/candidates.ts';
import type { BudgetName } from '../engine/core/finding.ts';
import type { Failure, Result } from '../engine/core/result.ts';
import type { Milliseconds } from '../engine/core/units.ts';
import type { Report } from '../engine/report/report.ts';
import { auditOfReport, continueAudit, endAudit, foldEvent, NO_AUDIT, startAudit, startCheck, type AuditView } from './audit-reducer.ts';
import type { AssayClient, AuditRequest, OpenProgress } from './client.ts';

export interface AuditStore {
  readonly view: AuditView;
  /** Chosen for the next audit. */
  readonly budget: BudgetName;
  readonly seed: number;
  /** Tried beside what the probes find themselves, in the next audit. */
  readonly candidates: readonly NamedCandidate[];
  readonly failure: Failure | undefined;
  name(candidates: readonly NamedCandidate[]): void;
  choose(choice: { readonly budget?: BudgetName; readonly seed?: number }): void;
  start(request: AuditRequest): Promise<void>;
  /** The check of the files that goes with opening: gives what takes its events, and what to call where none will come any more. It ends with its report. */
  watchFiles(): { readonly take: (event: AuditEvent) => void; readonly settle: () => void };
  /** How far a check is that reads another model (`checkAgain`). */
  readonly checking: OpenProgress | undefined;
  /** The files once more: what was on the page comes back where this is cancelled or fails. True where it ended with a report. */
  checkAgain(work: (onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void) => Promise<Result<Report>>): Promise<boolean>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  cancel(): Promise<void>;
  show(report: Report): void;
  reset(): void;
}

export type Schedule = (work: () => void) => void;

export function createAudit(client: AssayClient, now: () => Milliseconds, schedule: Schedule): StoreApi<AuditStore> {
  return createStore<AuditStore>((set, get) => {
    let run = 0;
    let pausedAt: Milliseconds = 0;
    /** Takes events of one run, shows them at most once a frame, and forgets them once another run has begun. */
    const fold = (mine: number): { readonly push: (event: AuditEvent) => void; readonly flush: () => void } => {
      const waiting: { readonly event: AuditEvent; readonly at: Milliseconds }[] = [];
      const flush = (): void => {
        const batch = waiting.splice(0);
        if (mine !== run || batch.length === 0) return;
        set((state) => ({ view: batch.reduce((view, { event, at }) => foldEvent(view, event, at), state.view) }));
      };
      const push = (event: AuditEvent): void => {
        waiting.push({ event, at: now() });
        if (waiting.length === 1) schedule(flush);
      };
      return { push, flush };
    };
    return {
      view: NO_AUDIT,
      budget: 'standard',
      seed: 0,
      candidates: [],
      failure: undefined,
      checking: undefined,

      name: (candidates) => set({ candidates }),

      choose: ({ budget, seed }) => set((state) => ({ budget: budget ?? state.budget, seed: seed ?? state.seed })),

      start: async (request) => {
        const mine = ++run;
        const { push, flush } = fold(mine);
        set({ view: startAudit(request, now(), get().view.analyses.map(({ id }) => id)), failure: undefined, budget: request.budget, seed: request.seed });
        const result = await client.audit(request, push);
        flush();
        if (mine !== run) return;
        if (result.kind === 'ok') {
          const report = result.value;
          set((state) => ({ view: endAudit(foldEvent(state.view, { type: 'report', report }, now()), 'done', now()) }));
        } else {
          const status = result.kind === 'cancelled' ? 'cancelled' : 'failed';
          set((state) => ({ view: endAudit(state.view, status, now()), failure: result.kind === 'error' ? result : undefined }));
        }
      },

      watchFiles: () => {
        const mine = ++run;
        const { push, flush } = fold(mine);
        set({ view: startCheck(now()), failure: undefined });
        return {
          take: (event) => {
            push(event);
            if (event.type !== 'report') return;
            flush();
            if (mine === run) set((state) => ({ view: endAudit(state.view, 'done', now()) }));
          },
          settle: () => {
            if (mine === run && get().view.status === 'running') set({ view: NO_AUDIT });
          },
        };
      },

      checkAgain: async (work) => {
        const before = get().view;
        const mine = ++run;
        const { push, flush } = fold(mine);
        set({ view: startCheck(now()), failure: undefined, checking: undefined });
        const result = await work((checking) => {
          if (mine === run) set({ checking });
        }, push);
        flush();
        if (mine !== run) return false;
        if (result.kind === 'ok') set((state) => ({ view: endAudit(state.view, 'done', now()), checking: undefined }));
        else set({ view: before, failure: result.kind === 'error' ? result : undefined, checking: undefined });
        return result.kind === 'ok';
      },

      pause: async () => {
        if (get().view.status !== 'running') return;
        pausedAt = now();
        set((state) => ({ view: { ...state.view, status: 'paused' } }));
        await client.pause();
      },
      unpause: async () => {
        if (get().view.status !== 'paused') return;
        const paused = now() - pausedAt;
        set((state) => ({ view: continueAudit(state.view, paused) }));
        await client.unpause();
      },
      cancel: async () => {
        await client.cancel();
      },
      show: (report) => {
        run++;
        set({ view: auditOfReport(report), failure: undefined });
      },
      reset: () => {
        run++;
        set({ view: NO_AUDIT, failure: undefined });
      },
    };
  });
}
