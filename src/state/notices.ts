// Short messages to the user (toasts), with the exact fields of an ArtifactError where there is one.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import type { Failure } from '../engine/core/result.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'error' | 'info' | 'good';
  readonly title: string;
  readonly detail: string | undefined;
  readonly artifact: ArtifactErrorFields | undefined;
}

export interface NoticesState {
  readonly notices: readonly Notice[];
  say(tone: Notice['tone'], title: string, detail?: string): void;
  /** A failure as a notice; 'cancelled' is no error and says so. */
  fail(title: string, failure: Failure): void;
  dismiss(id: number): void;
}

const MAX_NOTICES = 4;

export function createNotices(): StoreApi<NoticesState> {
  let next = 1;
  return createStore<NoticesState>((set) => {
    const add = (notice: Omit<Notice, 'id'>): void => {
      const id = next++;
      set((state) => ({ notices: [...state.notices, { ...notice, id }].slice(-MAX_NOTICES) }));
    };
    return {
      notices: [],
      say: (tone, title, detail) => add({ tone, title, detail, artifact: undefined }),
      fail: (title, failure) => {
        if (failure.kind === 'cancelled') add({ tone: 'info', title: `${title}: cancelled`, detail: undefined, artifact: undefined });
        else add({ tone: 'error', title, detail: failure.message, artifact: failure.artifact });
      },
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    };
  });
}
