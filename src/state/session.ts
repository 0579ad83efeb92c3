// What is open, how opening goes, and where it would run.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Failure, Result } from '../engine/core/result.ts';
import type { ReportInputs } from '../engine/report/report.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';
import type { AssayClient, OpenedModel, OpenInput, OpenProgress, NamedFiles, PicturePreparation, Remembered, Resumable, Sample } from './client.ts';

export type SessionPhase = 'empty' | 'opening' | 'open';

export interface SessionState {
  readonly phase: SessionPhase;
  readonly input: OpenInput | undefined;
  /** The latest of each step, in the order the steps began. */
  readonly steps: readonly OpenProgress[];
  readonly model: OpenedModel | undefined;
  /** The last failure of opening, kept until the next attempt. */
  readonly failure: { readonly name: string; readonly failure: Failure } | undefined;
  readonly environment: RuntimeEnvironment | undefined;
  readonly environmentFailure: Failure | undefined;
  readonly samples: readonly Sample[];
  /** The user's own, which audits of what is open are given. */
  readonly inputs: ReportInputs | undefined;
  /** True while they are read. */
  readonly giving: boolean;
  /** What was open before a reload; undefined once something is opened or closed. */
  readonly remembered: Remembered | undefined;

  /** Asks once, at the start, what this browser can do and which samples there are. */
  begin(): Promise<void>;
  /** `onEvent`: what the check of the files says meanwhile. */
  open(input: OpenInput, onEvent: (event: AuditEvent) => void): Promise<boolean>;
  close(): Promise<void>;
  clearFailure(): void;
  /** The preprocessing of an image classifier was changed, or told from its answers. */
  prepared(pictures: PicturePreparation): void;
  /** Clean inputs of the user's own for the audits of what is open; undefined takes them back. Where they cannot be used, those before stay. */
  give(given: NamedFiles | undefined): Promise<Result<ReportInputs | null>>;
  /** What is left of an audit that was stopped; undefined where it is being gone on with, or was thrown away. */
  leaveResumable(resumable: Resumable | undefined): void;
}

const NO_INPUTS = { inputs: undefined, giving: false } as const;

export function nameOf(input: OpenInput): string {
  return input.kind === 'sample' ? input.sample.title : input.name;
}

export function createSession(client: AssayClient): StoreApi<SessionState> {
  return createStore<SessionState>((set, get) => {
    let attempt = 0;
    const recall = async (): Promise<void> => {
      const found = await client.remembered();
      if (found.kind !== 'ok' || found.value === null || get().phase !== 'empty') return;
      const remembered = found.value;
      set({ remembered });
      if (remembered.elsewhere) void client.elsewhereEnded(remembered.sha256).then(() => (get().remembered === remembered ? recall() : undefined));
    };
    /** What another tab has left of its audit, once that has ended. */
    const follow = async (mine: number, sha256: string): Promise<void> => {
      await client.elsewhereEnded(sha256);
      const resumable = (await client.resumable()) ?? undefined;
      if (mine === attempt) set((state) => (state.model === undefined ? {} : { model: { ...state.model, elsewhere: false, resumable } }));
    };
    return {
      phase: 'empty',
      input: undefined,
      steps: [],
      model: undefined,
      failure: undefined,
      environment: undefined,
      environmentFailure: undefined,
      samples: [],
      ...NO_INPUTS,
      remembered: undefined,

      begin: async () => {
        // Asked side by side and shown as each comes: starting the runtime takes longest.
        await Promise.all([
          client.samples().then((samples) => samples.kind === 'ok' && set({ samples: samples.value })),
          recall(),
          client.environment().then((environment) =>
            environment.kind === 'ok' ? set((state) => ({ environment: state.environment ?? environment.value })) : set({ environmentFailure: environment }),
          ),
        ]);
      },

      open: async (input, onEvent) => {
        const mine = ++attempt;
        set({ phase: 'opening', input, steps: [], model: undefined, failure: undefined, remembered: undefined, ...NO_INPUTS });
        const result = await client.open(input, (progress) => {
          if (mine === attempt) set((state) => ({ steps: withStep(state.steps, progress) }));
        }, (event) => {
          if (mine === attempt) onEvent(event);
        });
        if (mine !== attempt) return false;
        if (result.kind === 'ok') {
          set({ phase: 'open', model: result.value, environment: result.value.environment ?? get().environment });
          if (result.value.elsewhere) void follow(mine, result.value.sha256);
          return true;
        }
        set({ phase: 'empty', input: undefined, failure: { name: nameOf(input), failure: result } });
        return false;
      },

      close: async () => {
        attempt++;
        await client.close();
        set({ phase: 'empty', input: undefined, steps: [], model: undefined, failure: undefined, remembered: undefined, ...NO_INPUTS });
      },

      give: async (given) => {
        const mine = attempt;
        set({ giving: true });
        const result = await client.give(given);
        if (mine !== attempt) return { kind: 'cancelled' };
        set({ giving: false, ...(result.kind === 'ok' ? { inputs: result.value ?? undefined } : {}) });
        return result;
      },

      clearFailure: () => set({ failure: undefined }),
      prepared: (pictures) => set((state) => (state.model === undefined ? {} : { model: { ...state.model, pictures } })),
      leaveResumable: (resumable) => set((state) => (state.model === undefined ? {} : { model: { ...state.model, resumable } })),
    };
  });
}

function withStep(steps: readonly OpenProgress[], progress: OpenProgress): OpenProgress[] {
  return steps.some(({ step }) => step === progress.step)
    ? steps.map((old) => (old.step === progress.step ? progress : old))
    : [...steps, progress];
}
