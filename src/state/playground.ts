// The playground: one prompt answered without and with a trigger (or, by a classifier, read), kept as a list of tries for
// comparison.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure } from '../engine/core/result.ts';
import { GREEDY, type SamplingOptions } from '../engine/runtime/causal-lm.ts';
import type { Reading } from '../engine/probes/text-triggers/reading.ts';
import type { AssayClient, GeneratedAnswer, OpenedModel, PromptText } from './client.ts';
import { BLANK, insertTrigger, type Position } from './insert-trigger.ts';

export interface PlaygroundForm {
  readonly prompt: string;
  readonly system: string;
  readonly trigger: string;
  readonly position: Position;
  readonly sampling: SamplingOptions;
  readonly maxNewTokens: number;
  readonly seed: number;
}

export interface Try {
  readonly id: number;
  readonly form: PlaygroundForm;
  readonly prompts: readonly PromptText[];
  /** Without the trigger, then with it where there is one. */
  readonly answers: readonly GeneratedAnswer[];
}

export interface ReadTry {
  readonly id: number;
  readonly form: Pick<PlaygroundForm, 'prompt' | 'trigger' | 'position'>;
  readonly texts: readonly PromptText[];
  /** Without the trigger, then with it where there is one. */
  readonly readings: readonly Reading[];
}

export interface PlaygroundState extends PlaygroundForm {
  readonly status: 'idle' | 'running';
  /** New tokens that can be asked for: what the model's context holds beside a prompt, and no more than MAX_NEW_TOKENS. */
  readonly mostTokens: number;
  /** Tokens made so far of the tokens asked for. */
  readonly made: number;
  readonly asked: number;
  readonly failure: Failure | undefined;
  /** Newest first. */
  readonly tries: readonly Try[];
  /** Of a classifier, newest first. */
  readonly readTries: readonly ReadTry[];
  edit(change: Partial<PlaygroundForm>): void;
  generate(): Promise<void>;
  read(): Promise<void>;
  clear(): void;
  reset(model: Pick<OpenedModel, 'defaultSampling' | 'contextLength'> | undefined): void;
}

const MAX_TRIES = 20;
const MAX_NEW_TOKENS = 512;
export const DEFAULT_NEW_TOKENS = 48;

export function createPlayground(client: AssayClient): StoreApi<PlaygroundState> {
  return createStore<PlaygroundState>((set, get) => {
    let run = 0;
    return {
      ...BLANK,
      sampling: GREEDY,
      maxNewTokens: DEFAULT_NEW_TOKENS,
      seed: 0,
      status: 'idle',
      mostTokens: MAX_NEW_TOKENS,
      made: 0,
      asked: 0,
      failure: undefined,
      tries: [],
      readTries: [],
      edit: (change) => set((state) => ({ ...change, maxNewTokens: Math.min(change.maxNewTokens ?? state.maxNewTokens, state.mostTokens) })),
      generate: async () => {
        const mine = ++run;
        const { prompt, system, trigger, position, sampling, maxNewTokens, seed } = get();
        const base = system === '' ? {} : { system };
        const prompts: PromptText[] = [{ ...base, user: prompt }, ...(trigger === '' ? [] : [{ ...base, ...insertTrigger(prompt, trigger, position) }])];
        set({ status: 'running', made: 0, asked: prompts.length * maxNewTokens, failure: undefined });
        const result = await client.generate({ prompts, sampling, maxNewTokens, seed }, (made) => {
          if (mine === run) set({ made });
        });
        if (mine !== run) return;
        if (result.kind !== 'ok') {
          set({ status: 'idle', failure: result });
          return;
        }
        const entry: Try = { id: mine, form: { prompt, system, trigger, position, sampling, maxNewTokens, seed }, prompts, answers: result.value };
        set((state) => ({ status: 'idle', tries: [entry, ...state.tries].slice(0, MAX_TRIES) }));
      },
      read: async () => {
        const mine = ++run;
        const { prompt, trigger, position } = get();
        const texts: PromptText[] = [{ user: prompt }, ...(trigger === '' ? [] : [insertTrigger(prompt, trigger, position)])];
        set({ status: 'running', made: 0, asked: 0, failure: undefined });
        const result = await client.read({ texts });
        if (mine !== run) return;
        if (result.kind !== 'ok') {
          set({ status: 'idle', failure: result });
          return;
        }
        const entry: ReadTry = { id: mine, form: { prompt, trigger, position }, texts, readings: result.value };
        set((state) => ({ status: 'idle', readTries: [entry, ...state.readTries].slice(0, MAX_TRIES) }));
      },
      clear: () => set({ tries: [], readTries: [] }),
      reset: (model) => {
        run++;
        const mostTokens = Math.max(1, Math.min(MAX_NEW_TOKENS, (model?.contextLength ?? Infinity) - 1));
        set((state) => ({ status: 'idle', made: 0, asked: 0, failure: undefined, tries: [], readTries: [], ...BLANK, sampling: model?.defaultSampling ?? GREEDY, mostTokens, maxNewTokens: Math.min(state.maxNewTokens, mostTokens) }));
      },
    };
  });
}
