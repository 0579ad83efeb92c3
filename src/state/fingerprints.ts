// The fingerprint lab: a reference set, the models dropped beside it, and what their comparison says.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import { capture, failureOf, type Failure, type Result } from '../engine/core/result.ts';
import { explainModel, type LabAnalysis } from '../engine/fingerprint/analyse.ts';
import type { GridCell } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import type { FeatureSetId } from '../engine/fingerprint/features/feature-sets.ts';
import type { FeatureNames, Fingerprint } from '../engine/fingerprint/fingerprint.ts';
import { parseReferenceSet, writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import { readExamples } from '../engine/fingerprint/extract/examples.ts';
import type { Tap } from '../engine/fingerprint/extract/list-taps.ts';
import { buildReferenceSet, diffReferenceSets, reviseReferenceSet, splitComparable, type ReferenceDiff, type ReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import type { RepresentationId } from '../engine/fingerprint/representations/representation.ts';
import type { Contribution } from '../engine/fingerprint/score/contributions.ts';
import type { ScoreRequest } from '../engine/fingerprint/score/score-models.ts';
import type { DroppedFile } from './client.ts';
import { keepSet, keyOfSet, loadSet, type KeptSet, type KeptSets } from './kept-sets.ts';

type LabRecipe = Pick<ReferenceSet, 'publicSeed' | 'secretSeed' | 'gradients' | 'taps' | 'examples'>;

export interface LabProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface LabFit {
  readonly reference: ReferenceSet;
  readonly candidates: readonly Fingerprint[];
  readonly planted: readonly boolean[];
  readonly request: ScoreRequest;
}

/** What the lab asks of whoever runs the engine; workers/fingerprint-client.ts matches it by shape. */
export interface FingerprintClient {
  fingerprint(name: string, files: readonly DroppedFile[], recipe: LabRecipe, onProgress: (progress: LabProgress) => void): Promise<Result<{ readonly models: readonly Fingerprint[]; readonly names: FeatureNames | undefined; readonly refused: readonly Refused[]; readonly leftAside: readonly string[] }>>;
  taps(name: string, files: readonly DroppedFile[]): Promise<Result<readonly Tap[]>>;
  analyse(fit: LabFit, onProgress: (progress: LabProgress) => void): Promise<Result<LabAnalysis>>;
  grid(fit: LabFit, onProgress: (progress: LabProgress) => void): Promise<Result<readonly GridCell[]>>;
  sample(): Promise<Result<{ readonly reference: string; readonly planted: string; readonly files: readonly DroppedFile[] }>>;
  cancel(): Promise<void>;
}

export interface Candidate {
  readonly model: Fingerprint;
  /** Known to be planted: tells what the detectors are worth. */
  readonly planted: boolean;
}

export interface Refused {
  readonly name: string;
  readonly reason: ArtifactErrorFields;
}

/** How the next set is made. */
export interface SetDraft {
  readonly gradients: boolean;
  /** Undefined: the default rule. */
  readonly taps?: readonly string[] | undefined;
  readonly examples?: { readonly from: string; readonly rows: readonly (readonly number[])[] } | undefined;
  /** Of the model that was looked into, for choosing. */
  readonly choices?: { readonly model: string; readonly taps: readonly Tap[] } | undefined;
}

export interface FingerprintsState {
  readonly reference: ReferenceSet | undefined;
  readonly candidates: readonly Candidate[];
  readonly refused: readonly Refused[];
  /** Candidates that the chosen features cannot compare with the set. */
  readonly aside: readonly Refused[];
  readonly draft: SetDraft;
  readonly kept: readonly KeptSet[];
  /** The open set, as it is, is among them. */
  readonly isKept: boolean;
  readonly request: ScoreRequest;
  readonly analysis: LabAnalysis | undefined;
  /** The candidates of the analysis, in its order. */
  readonly compared: readonly Candidate[];
  readonly grid: readonly GridCell[] | undefined;
  readonly busy: { readonly label: string; readonly progress: LabProgress | undefined } | undefined;
  readonly failure: Failure | undefined;
  /** Of the open set against another one. */
  readonly diff: (ReferenceDiff & { readonly against: string }) | undefined;
  /** Index in analysis.models. */
  readonly selected: readonly number[];

  /** Models to compare; where there is no reference set yet, they become it. A reference set's JSON opens it. */
  add(name: string, files: readonly DroppedFile[]): Promise<void>;
  openSample(): Promise<void>;
  choose(change: { readonly set?: FeatureSetId; readonly representation?: RepresentationId }): Promise<void>;
  markPlanted(names: readonly string[], planted: boolean): Promise<void>;
  computeGrid(): Promise<void>;
  select(models: readonly number[]): void;
  explain(index: number): readonly Contribution[];
  exportSet(): string | undefined;
  draftSet(change: Partial<SetDraft>): void;
  /** Looks into one model, so that tensors to tap can be chosen. */
  lookForTaps(name: string, files: readonly DroppedFile[]): Promise<void>;
  rename(name: string): void;
  /** Models of the analysis that are known to be clean go into the set, ones of the set go out: its next version. */
  revise(indices: readonly number[]): Promise<void>;
  refreshKept(): Promise<void>;
  keep(): Promise<void>;
  openKept(key: string): Promise<void>;
  diffKept(key: string): Promise<void>;
  removeKept(key: string): Promise<void>;
  cancel(): Promise<void>;
  reset(): void;
}

const START: ScoreRequest = { set: 'behaviour', representation: 'raw', seed: 42 };
const NO_DRAFT: SetDraft = { gradients: false };
const EMPTY = { isKept: false, reference: undefined, candidates: [], compared: [], refused: [], aside: [], analysis: undefined, grid: undefined, busy: undefined, failure: undefined, diff: undefined, selected: [] } as const;

/** @param drawSeed a seed nobody can foresee, for the secret probes of a new set */
export function createFingerprints(client: FingerprintClient, drawSeed: () => number, sets: KeptSets, now: () => number): StoreApi<FingerprintsState> {
  return createStore<FingerprintsState>((set, get) => {
    const working = async <T>(label: string, work: (report: (progress: LabProgress) => void) => Promise<Result<T>>): Promise<T | undefined> => {
      set({ busy: { label, progress: undefined }, failure: undefined });
      let done = false;
      // Reports come by a channel of their own: one may arrive behind the result.
      const result = await work((progress) => {
        if (!done) set({ busy: { label, progress } });
      });
      done = true;
      set({ busy: undefined, ...(result.kind === 'ok' ? {} : { failure: result }) });
      return result.kind === 'ok' ? result.value : undefined;
    };
    const fit = (): { readonly job: LabFit; readonly compared: readonly Candidate[]; readonly aside: readonly Refused[] } | undefined => {
      const { reference, candidates, request } = get();
      if (reference === undefined) return undefined;
      const { comparable, aside } = splitComparable(reference, candidates, request.set, ({ model }) => model);
      return { job: { reference, candidates: comparable.map(({ model }) => model), planted: comparable.map(({ planted }) => planted), request }, compared: comparable, aside };
    };
    /** What is marked or chosen meanwhile is compared next. */
    const analyse = async (): Promise<void> => {
      for (;;) {
        const { candidates, request } = get();
        const wanted = fit();
        if (wanted === undefined) return;
        const analysis = await working('Comparing', (report) => client.analyse(wanted.job, report));
        if (analysis === undefined) return;
        set({ analysis, compared: wanted.compared, aside: wanted.aside, selected: get().selected.filter((i) => i < analysis.models.length) });
        if (get().candidates === candidates && get().request === request) return;
      }
    };
    const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      const result = await capture(work);
      set({ failure: result.kind === 'ok' ? undefined : result });
      return result.kind === 'ok' ? result.value : undefined;
    };
    const takeSet = (reference: ReferenceSet): void => {
      const before = get().reference;
      const samePosed = before !== undefined && diffReferenceSets(before, reference).recipe.length === 0;
      set({ ...EMPTY, reference, diff: before === undefined ? undefined : { ...diffReferenceSets(before, reference), against: `${before.name} version ${before.version}, which was open before` }, candidates: samePosed ? get().candidates : [] });
    };
    const openSet = (text: string, name: string): boolean => {
      try {
        takeSet(parseReferenceSet(text, name));
        return true;
      } catch (error) {
        set({ failure: failureOf(error) });
        return false;
      }
    };
    const addModels = async (name: string, files: readonly DroppedFile[]): Promise<void> => {
      const { reference, draft } = get();
      const recipe: LabRecipe = reference ?? { publicSeed: 42, secretSeed: drawSeed(), gradients: draft.gradients, ...(draft.taps === undefined ? {} : { taps: draft.taps }), ...(draft.examples === undefined ? {} : { examples: draft.examples.rows }) };
      const made = await working(reference === undefined ? 'Fingerprinting the reference' : 'Fingerprinting', (report) => client.fingerprint(name, files, recipe, report));
      if (made === undefined) return;
      set({ refused: made.refused });
      if (made.names === undefined) {
        set({ failure: { kind: 'error', message: made.refused[0] === undefined ? 'Nothing here is a model that can be fingerprinted: ONNX classifiers, or folders with config.json and safetensors.' : `No model of ${name} could be fingerprinted.` } });
        return;
      }
      const { names } = made;
      if (reference === undefined) {
        const built = await capture(() => Promise.resolve(buildReferenceSet({ name: nameOfSet(name), ...recipe }, made.models, names)));
        if (built.kind === 'ok') set({ reference: built.value });
        else set({ failure: built });
      } else {
        const fresh = new Set(made.models.map((model) => model.name));
        set({ candidates: [...get().candidates.filter(({ model }) => !fresh.has(model.name)), ...made.models.map((model) => ({ model, planted: false }))], grid: undefined });
      }
    };
    return {
      ...EMPTY,
      draft: NO_DRAFT,
      kept: [],
      request: START,

      add: async (name, files) => {
        if (get().busy !== undefined) return;
        const only = files.length === 1 ? files[0] : undefined;
        const inputs = files.filter(({ path }) => path.toLowerCase().endsWith('.npy'));
        const others = files.filter((file) => !inputs.includes(file));
        const [given] = inputs;
        if (given !== undefined) {
          if (get().reference !== undefined) set({ failure: { kind: 'error', message: `${given.path}: a set's own inputs are chosen before it is made, so that all its models are shown the same. Close this set and make another one.` } });
          else {
            const rows = await attempt(async () => readExamples(new Uint8Array(await given.file.arrayBuffer()), given.path).map((row) => [...row]));
            if (rows !== undefined) set({ draft: { ...get().draft, examples: { from: given.path, rows } } });
          }
          if (get().failure !== undefined || others.length === 0) return;
        }
        if (only?.path.endsWith('.json') === true) {
          if (!openSet(await only.file.text(), only.path)) return;
        } else await addModels(name, others);
        if (get().failure === undefined) await analyse();
      },

      openSample: async () => {
        if (get().busy !== undefined) return;
        const sample = await working('Opening the sample', () => client.sample());
        if (sample === undefined || !openSet(sample.reference, 'reference.json')) return;
        try {
          set({ candidates: parseReferenceSet(sample.planted, 'planted.json').models.map((model) => ({ model, planted: true })), diff: undefined });
        } catch (error) {
          set({ failure: failureOf(error) });
          return;
        }
        await addModels('sample', sample.files);
        if (get().failure === undefined) await analyse();
      },

      choose: async (change) => {
        set({ request: { ...get().request, ...change }, grid: change.set === undefined ? get().grid : undefined });
        if (get().busy === undefined) await analyse();
      },

      markPlanted: async (names, planted) => {
        const marked = new Set(names);
        set({ candidates: get().candidates.map((candidate) => (marked.has(candidate.model.name) ? { ...candidate, planted } : candidate)), grid: undefined });
        if (get().busy === undefined) await analyse();
      },

      computeGrid: async () => {
        const job = fit()?.job;
        if (job === undefined || get().busy !== undefined || !job.planted.includes(true)) return;
        const { candidates, request } = get();
        const grid = await working('Every detector in every representation', (report) => client.grid(job, report));
        const marked = get().candidates !== candidates;
        if (grid !== undefined && !marked && get().request.set === request.set) set({ grid });
        if (marked || get().request !== request) await analyse();
      },

      select: (models) => set({ selected: models }),

      explain: (index) => {
        const { reference, compared, analysis } = get();
        const model = reference === undefined ? undefined : (reference.models[index] ?? compared[index - reference.models.length]?.model);
        return reference === undefined || model === undefined || analysis === undefined ? [] : explainModel(reference, model, analysis.request);
      },

      exportSet: () => {
        const { reference } = get();
        return reference === undefined ? undefined : writeReferenceSet(reference);
      },

      draftSet: (change) => set({ draft: { ...get().draft, ...change } }),

      lookForTaps: async (name, files) => {
        if (get().busy !== undefined) return;
        const taps = await working('Looking for tensors', () => client.taps(name, files));
        if (taps !== undefined) set({ draft: { ...get().draft, choices: { model: name, taps }, taps: undefined } });
      },

      rename: (name) => {
        const { reference } = get();
        const wanted = name.trim().slice(0, 100);
        if (reference !== undefined && wanted !== '' && wanted !== reference.name) set({ reference: { ...reference, name: wanted }, isKept: false });
      },

      revise: async (indices) => {
        const { reference, compared, candidates, busy } = get();
        if (reference === undefined || busy !== undefined) return;
        const add = indices.flatMap((i) => compared[i - reference.models.length]?.model ?? []);
        const remove = new Set(indices.flatMap((i) => reference.models[i]?.name ?? []));
        const revised = await attempt(async () => reviseReferenceSet(reference, { add, remove }));
        if (revised === undefined) return;
        const added = new Set(add.map(({ name }) => name));
        const out = reference.models.filter(({ name }) => remove.has(name)).map((model): Candidate => ({ model, planted: false }));
        set({ reference: revised, isKept: false, candidates: [...candidates.filter(({ model }) => !added.has(model.name)), ...out], selected: [], grid: undefined, diff: { ...diffReferenceSets(reference, revised), against: `version ${reference.version}` } });
        await analyse();
      },

      refreshKept: async () => {
        const kept = await capture(() => sets.list());
        if (kept.kind === 'ok') set({ kept: kept.value });
      },

      keep: async () => {
        const { reference } = get();
        if (reference === undefined) return;
        const kept = await attempt(() => keepSet(sets, reference, now()));
        if (kept !== undefined) set({ reference: kept, isKept: true });
        await get().refreshKept();
      },

      openKept: async (key) => {
        if (get().busy !== undefined) return;
        const reference = await attempt(() => loadSet(sets, key));
        if (reference === undefined) return;
        takeSet(reference);
        set({ isKept: true });
        await analyse();
      },

      diffKept: async (key) => {
        const other = await attempt(() => loadSet(sets, key));
        const { reference } = get();
        if (other !== undefined && reference !== undefined) set({ diff: { ...diffReferenceSets(other, reference), against: `${other.name} version ${other.version}` } });
      },

      removeKept: async (key) => {
        await attempt(() => sets.remove(key));
        const { reference } = get();
        if (reference !== undefined && key === keyOfSet(reference)) set({ isKept: false });
        await get().refreshKept();
      },

      cancel: () => client.cancel(),
      reset: () => set({ ...EMPTY, draft: NO_DRAFT }),
    };
  });
}

/** A folder's name stands for itself; loose files are named after one of them, which says nothing. */
function nameOfSet(dropped: string): string {
  return /\.\w+$/.test(dropped) || /^\d+ files$/.test(dropped) ? 'clean models' : dropped;
}
