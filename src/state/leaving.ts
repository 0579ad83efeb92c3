// Before an audit that runs is given up for something else, the user is asked; afterwards what became of it is said.
import type { StoreApi } from 'zustand/vanilla';
import type { AuditStore } from './audit.ts';
import { holdsModel, percentDone } from './audit-reducer.ts';
import type { AssayClient } from './client.ts';
import { isStopped, type HistoryState } from './history.ts';
import type { NoticesState } from './notices.ts';
import type { Question, QuestionsState } from './questions.ts';
import type { SessionState } from './session.ts';

interface Asked {
  readonly audit: StoreApi<AuditStore>;
  readonly session: StoreApi<SessionState>;
  readonly questions: StoreApi<QuestionsState>;
  readonly notices: StoreApi<NoticesState>;
  readonly history: StoreApi<HistoryState>;
  readonly client: AssayClient;
}

export interface Leaving {
  /** `what` completes "Stop it and …". True where no audit runs, or the user gave it up. */
  leave(what: string): Promise<boolean>;
  /** True while an audit is being given up: its end is told by `leave`. */
  isLeaving(): boolean;
  /** The audit that `leave` must see to its end. */
  watch(audit: Promise<void>): void;
}

export function createLeaving(app: () => Asked): Leaving {
  let leaving = false;
  let running: Promise<void> = Promise.resolve();
  return {
    isLeaving: () => leaving,
    watch: (audit) => {
      running = audit;
    },
    leave: async (what) => {
      const { audit, session, questions, notices, history, client } = app();
      const audited = (): boolean => holdsModel(audit.getState().view);
      if (!audited()) {
        // A question that was left standing is about an audit that has ended: what it would do must not come afterwards.
        questions.getState().answer(false);
        return true;
      }
      const { model } = session.getState();
      const name = model?.name ?? 'the model';
      const question = (): Question => (audited() ? runningStill(name, what, audit.getState()) : { title: `The audit of ${name} has ended`, detail: 'Its report is kept in the history.', no: 'Look at it', yes: `Go on and ${what}` });
      const unsubscribe = audit.subscribe(() => questions.getState().revise(question()));
      const yes = await questions.getState().ask(question());
      unsubscribe();
      // It may have ended by itself while the question stood there.
      if (!yes || !audited()) return yes;
      leaving = true;
      try {
        await audit.getState().cancel();
        await running;
      } finally {
        leaving = false;
      }
      await history.getState().refresh();
      const kept = history.getState().reports.some((report) => isStopped(report) && report.sha256 === model?.sha256);
      const resumable = await client.resumable();
      notices.getState().say(
        'info',
        `The audit of ${name} was stopped`,
        [kept ? 'What it had found stands in the history.' : 'Not one of its stages had ended: nothing of it was kept.', resumable === null ? '' : `Open ${name} again to go on after ${resumable.stagesDone} of ${resumable.stagesTotal} stages.`].filter((part) => part !== '').join(' '),
      );
      return true;
    },
  };
}

function runningStill(name: string, what: string, { view, candidates }: AuditStore): Question {
  const found = view.findings.filter(({ severity }) => severity !== 'info').length;
  const done = percentDone(view);
  const so = [...(done === undefined ? [] : [`${done} % is done`]), `${found === 0 ? 'no' : found} ${found === 1 ? 'suspicion' : 'suspicions'} so far`].join(', ');
  const resumes = candidates.length === 0 ? `Opening ${name} again goes on after its last finished stage.` : 'An audit with named candidates cannot be gone on with: it would begin anew.';
  return {
    title: `The audit of ${name} is still ${view.status}`,
    detail: `${so.charAt(0).toUpperCase()}${so.slice(1)}. If it is stopped, what it found is kept in the history as far as it came. ${resumes}`,
    no: 'Keep auditing',
    yes: `Stop it and ${what}`,
  };
}
