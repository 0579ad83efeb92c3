// The attention page's state: which prompt(s) are shown, of which layer and head, what is hovered and what is locked.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure } from '../engine/core/result.ts';
import type { AssayClient, AttentionView, PromptText } from './client.ts';
import { BLANK, insertTrigger, type Position } from './insert-trigger.ts';

export type AttentionMode = 'one' | 'pair';

/** A place in a matrix: query token (row), key token (column), of the view with that index. */
export interface Cell {
  readonly view: number;
  readonly query: number;
  readonly key: number;
}

export interface AttentionForm {
  readonly mode: AttentionMode;
  readonly prompt: string;
  readonly system: string;
  readonly trigger: string;
  readonly position: Position;
  readonly answerTokens: number;
}

export interface AttentionState extends AttentionForm {
  readonly status: 'idle' | 'running' | 'ready';
  readonly failure: Failure | undefined;
  /** One view, or two: without and with the trigger. */
  readonly views: readonly AttentionView[];
  /** The form the views were made from. */
  readonly shown: AttentionForm | undefined;
  readonly layer: number | 'mean';
  readonly head: number | 'mean';
  readonly hideSinks: boolean;
  /** The second matrix shows what the trigger changed. */
  readonly difference: boolean;
  readonly hover: Cell | undefined;
  readonly locked: Cell | undefined;

  edit(change: Partial<AttentionForm>): void;
  compute(): Promise<void>;
  pick(layer: number | 'mean', head: number | 'mean'): void;
  stepLayer(by: number): void;
  stepHead(by: number): void;
  toggleSinks(): void;
  toggleDifference(): void;
  setHover(cell: Cell | undefined): void;
  toggleLock(cell: Cell): void;
  release(): void;
  reset(): void;
}

/** Answer tokens in the maps, whose cells must stay large enough to point at; answer tokens to read beside them. */
const MAPPED_TOKENS = 12;
const SHOWN_TOKENS = 48;

const EMPTY = {
  status: 'idle' as const,
  failure: undefined,
  views: [],
  shown: undefined,
  layer: 'mean' as const,
  head: 'mean' as const,
  hover: undefined,
  locked: undefined,
};

/** The prompts a form asks for: itself, or itself without and with the trigger. */
export function promptsOf({ mode, prompt, system, trigger, position }: AttentionForm): PromptText[] {
  const base = system === '' ? {} : { system };
  if (trigger === '') return [{ ...base, user: prompt }];
  const inserted = insertTrigger(prompt, trigger, position);
  return mode === 'one' ? [{ ...base, ...inserted }] : [{ ...base, user: prompt }, { ...base, ...inserted }];
}

export function createAttention(client: AssayClient): StoreApi<AttentionState> {
  return createStore<AttentionState>((set, get) => {
    let run = 0;
    const step = (current: number | 'mean', by: number, count: number): number =>
      current === 'mean' ? (by > 0 ? 0 : count - 1) : (current + by + count) % count;
    return {
      ...EMPTY,
      mode: 'pair',
      ...BLANK,
      answerTokens: MAPPED_TOKENS,
      hideSinks: true,
      difference: false,

      edit: (change) => set({ ...change, failure: undefined }),
      compute: async () => {
        const mine = ++run;
        const { mode, prompt, system, trigger, position, answerTokens } = get();
        const form: AttentionForm = { mode, prompt, system, trigger, position, answerTokens };
        set({ status: 'running', failure: undefined, hover: undefined, locked: undefined });
        const result = await client.attention({ prompts: promptsOf(form), answerTokens, answerShown: SHOWN_TOKENS });
        if (mine !== run) return;
        if (result.kind === 'ok') set({ status: 'ready', views: result.value, shown: form, ...within(get(), result.value) });
        // Maps of another prompt under this failure would be taken for its own. One that was cancelled leaves what stood.
        else if (result.kind === 'error') set({ ...EMPTY, failure: result });
        else set((state) => ({ status: state.views.length > 0 ? 'ready' : 'idle', failure: result }));
      },
      pick: (layer, head) => set({ layer, head }),
      stepLayer: (by) => set((state) => ({ layer: step(state.layer, by, state.views[0]?.layers ?? 1) })),
      stepHead: (by) => set((state) => ({ head: step(state.head, by, state.views[0]?.heads ?? 1) })),
      toggleSinks: () => set((state) => ({ hideSinks: !state.hideSinks })),
      toggleDifference: () => set((state) => ({ difference: !state.difference })),
      setHover: (hover) => set({ hover }),
      toggleLock: (cell) => set((state) => ({ locked: sameCell(state.locked, cell) ? undefined : cell })),
      release: () => set({ hover: undefined, locked: undefined }),
      reset: () => {
        run++;
        set({ ...EMPTY, ...BLANK });
      },
    };
  });
}

/** Whether what is shown was made from something else than what the form holds now. */
export function isStale({ shown, mode, prompt, system, trigger, position }: AttentionState): boolean {
  return shown !== undefined && (shown.mode !== mode || shown.prompt !== prompt || shown.system !== system || shown.trigger !== trigger || shown.position !== position);
}

function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return a !== undefined && b !== undefined && a.view === b.view && a.query === b.query && a.key === b.key;
}

function within({ layer, head }: AttentionState, views: readonly AttentionView[]): { layer: number | 'mean'; head: number | 'mean' } {
  const view = views[0];
  const fits = (index: number | 'mean', count: number): number | 'mean' => (index === 'mean' || index < count ? index : 'mean');
  return view === undefined ? { layer: 'mean', head: 'mean' } : { layer: fits(layer, view.layers), head: fits(head, view.heads) };
}
