// Short messages to the user, with the exact fields of an ArtifactError where there is one: shown for a while (toasts), and kept
// to be read again.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import type { Failure } from '../engine/core/result.ts';
import type { Milliseconds } from '../engine/core/units.ts';

export interface Notice {
  readonly id: number;
  readonly at: Milliseconds;
  readonly tone: 'error' | 'info' | 'good';
  readonly title: string;
  readonly detail: string | undefined;
  readonly artifact: ArtifactErrorFields | undefined;
  /** What it is about, where it is over once that begins anew. */
  readonly topic?: 'opening' | undefined;
}

export interface NoticesState {
  /** Those that are shown. */
  readonly notices: readonly Notice[];
  /** All of this visit, newest first. */
  readonly log: readonly Notice[];
  say(tone: Notice['tone'], title: string, detail?: string, topic?: Notice['topic']): void;
  /** A failure as a notice; 'cancelled' is no error and says so. */
  fail(title: string, failure: Failure, topic?: Notice['topic']): void;
  dismiss(id: number): void;
  /** Those of this topic are shown no longer; they stay in the log. */
  withdraw(topic: NonNullable<Notice['topic']>): void;
}

const MAX_NOTICES = 4;
const MAX_LOGGED = 100;

export function createNotices(now: () => Milliseconds): StoreApi<NoticesState> {
  let next = 1;
  return createStore<NoticesState>((set) => {
    const add = (content: Omit<Notice, 'id' | 'at'>): void => {
      const notice = { ...content, id: next++, at: now() };
      set((state) => ({ notices: [...state.notices, notice].slice(-MAX_NOTICES), log: [notice, ...state.log].slice(0, MAX_LOGGED) }));
    };
    return {
      notices: [],
      log: [],
      say: (tone, title, detail, topic) => add({ tone, title, detail, artifact: undefined, topic }),
      fail: (title, failure, topic) => {
        if (failure.kind === 'cancelled') add({ tone: 'info', title: `${title}: cancelled`, detail: undefined, artifact: undefined, topic });
        else add({ tone: 'error', title, detail: failure.message, artifact: failure.artifact, topic });
      },
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
      withdraw: (topic) => set((state) => ({ notices: state.notices.filter((notice) => notice.topic !== topic) })),
    };
  });
}
