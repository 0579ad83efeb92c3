// One question to the user at a time, answered by a dialog: what would be lost is told before it is.
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Question {
  readonly title: string;
  readonly detail: string;
  /** What happens on yes, as the button says it; and on no. */
  readonly yes: string;
  readonly no: string;
}

export interface QuestionsState {
  readonly question: Question | undefined;
  /** A question that is asked while another waits answers that one with no. */
  ask(question: Question): Promise<boolean>;
  /** What stands there is told anew: the world goes on while the user thinks. */
  revise(question: Question): void;
  answer(yes: boolean): void;
}

export function createQuestions(): StoreApi<QuestionsState> {
  let settle: (yes: boolean) => void = () => {};
  return createStore<QuestionsState>((set, get) => ({
    question: undefined,
    ask: (question) => {
      settle(false);
      return new Promise((resolve) => {
        settle = resolve;
        set({ question });
      });
    },
    revise: (question) => {
      if (get().question !== undefined) set({ question });
    },
    answer: (yes) => {
      set({ question: undefined });
      settle(yes);
    },
  }));
}
