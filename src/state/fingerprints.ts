// The fingerprint lab: a reference set, the models dropped beside it, and what their comparison says.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import { capture, failureOf, type Failure, type Result } from '../engine/core/result.ts';
import { explainModel, type LabAnalysis } from '../engine/fingerprint/analyse.ts';
import type { GridCell } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import type { FeatureSetId } from '../engine/fingerprint/features/feature-sets.ts';
import type { FeatureNames, Fingerprint } from '../engine/fingerprint/fingerprint.ts';
import { parseReferenceSet, writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import { buildReferenceSet, diffReferenceSets, type ReferenceDiff, type ReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import type { RepresentationId } from '../engine/fingerprint/representations/representation.ts';
import type { Contribution } from '../engine/fingerprint/score/contributions.ts';
import type { ScoreRequest } from '../engine/fingerprint/score/score-models.ts';
import type { DroppedFile } from './client.ts';

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
  fingerprint(name: string, files: readonly DroppedFile[], recipe: LabRecipe, onProgress: (progress: LabProgress) => void): Promise<Result<{ readonly models: readonly Fingerprint[]; readonly names: FeatureNames | undefined; readonly refused: readonly { readonly name: string; readonly reason: ArtifactErrorFields }[]; readonly leftAside: readonly string[] }>>;
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

export interface FingerprintsState {
  readonly reference: ReferenceSet | undefined;
  readonly candidates: readonly Candidate[];
  readonly refused: readonly { readonly name: string; readonly reason: ArtifactErrorFields }[];
  readonly request: ScoreRequest;
  readonly analysis: LabAnalysis | undefined;
  readonly grid: readonly GridCell[] | undefined;
  readonly busy: { readonly label: string; readonly progress: LabProgress | undefined } | undefined;
  readonly failure: Failure | undefined;
  /** Against the set that was open before. */
  readonly diff: ReferenceDiff | undefined;
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
  cancel(): Promise<void>;
  reset(): void;
}

const START: ScoreRequest = { set: 'behaviour', representation: 'raw', seed: 42 };
const EMPTY = { reference: undefined, candidates: [], refused: [], analysis: undefined, grid: undefined, busy: undefined, failure: undefined, diff: undefined, selected: [] } as const;

/** @param drawSeed a seed nobody can foresee, for the secret probes of a new set */
export function createFingerprints(client: FingerprintClient, drawSeed: () => number): StoreApi<FingerprintsState> {
  return createStore<FingerprintsState>((set, get) => {
    const working = async <T>(label: string, work: (report: (progress: LabProgress) => void) => Promise<Result<T>>): Promise<T | undefined> => {
      set({ busy: { label, progress: undefined }, failure: undefined });
      const result = await work((progress) => set({ busy: { label, progress } }));
      set({ busy: undefined, ...(result.kind === 'ok' ? {} : { failure: result }) });
      return result.kind === 'ok' ? result.value : undefined;
    };
    const fit = (): LabFit | undefined => {
      const { reference, candidates, request } = get();
      return reference === undefined ? undefined : { reference, candidates: candidates.map(({ model }) => model), planted: candidates.map(({ planted }) => planted), request };
    };
    const analyse = async (): Promise<void> => {
      const job = fit();
      if (job === undefined) return;
      const analysis = await working('Comparing', (report) => client.analyse(job, report));
      if (analysis !== undefined) set({ analysis, selected: get().selected.filter((i) => i < analysis.models.length) });
    };
    const openSet = (text: string, name: string): boolean => {
      try {
        const reference = parseReferenceSet(text, name);
        const before = get().reference;
        set({ ...EMPTY, reference, diff: before === undefined ? undefined : diffReferenceSets(before, reference), candidates: before === undefined || before.secretSeed !== reference.secretSeed ? [] : get().candidates });
        return true;
      } catch (error) {
        set({ failure: failureOf(error) });
        return false;
      }
    };
    const addModels = async (name: string, files: readonly DroppedFile[]): Promise<void> => {
      const { reference } = get();
      const recipe: LabRecipe = reference ?? { publicSeed: 42, secretSeed: drawSeed(), gradients: false };
      const made = await working(reference === undefined ? 'Fingerprinting the reference' : 'Fingerprinting', (report) => client.fingerprint(name, files, recipe, report));
      if (made === undefined) return;
      set({ refused: made.refused });
      if (made.names === undefined) {
        set({ failure: { kind: 'error', message: made.refused[0] === undefined ? 'Nothing here is a model that can be fingerprinted: ONNX classifiers, or folders with config.json and safetensors.' : `No model of ${name} could be fingerprinted.` } });
        return;
      }
      const { names } = made;
      if (reference === undefined) {
        const built = await capture(() => Promise.resolve(buildReferenceSet({ name, ...recipe }, made.models, names)));
        if (built.kind === 'ok') set({ reference: built.value });
        else set({ failure: built });
      } else {
        const fresh = new Set(made.models.map((model) => model.name));
        set({ candidates: [...get().candidates.filter(({ model }) => !fresh.has(model.name)), ...made.models.map((model) => ({ model, planted: false }))], grid: undefined });
      }
    };
    return {
      ...EMPTY,
      request: START,

      add: async (name, files) => {
        if (get().busy !== undefined) return;
        const only = files.length === 1 ? files[0] : undefined;
        if (only?.path.endsWith('.json') === true) {
          if (!openSet(await only.file.text(), only.path)) return;
        } else await addModels(name, files);
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
        if (get().busy !== undefined) return;
        set({ request: { ...get().request, ...change }, grid: change.set === undefined ? get().grid : undefined });
        await analyse();
      },

      markPlanted: async (names, planted) => {
        if (get().busy !== undefined) return;
        const marked = new Set(names);
        set({ candidates: get().candidates.map((candidate) => (marked.has(candidate.model.name) ? { ...candidate, planted } : candidate)), grid: undefined });
        await analyse();
      },

      computeGrid: async () => {
        const job = fit();
        if (job === undefined || get().busy !== undefined || !job.planted.includes(true)) return;
        const grid = await working('Every detector in every representation', (report) => client.grid(job, report));
        if (grid !== undefined) set({ grid });
      },

      select: (models) => set({ selected: models }),

      explain: (index) => {
        const { reference, candidates, request } = get();
        const model = reference === undefined ? undefined : (reference.models[index] ?? candidates[index - reference.models.length]?.model);
        return reference === undefined || model === undefined ? [] : explainModel(reference, model, request);
      },

      exportSet: () => {
        const { reference } = get();
        return reference === undefined ? undefined : writeReferenceSet(reference);
      },

      cancel: () => client.cancel(),
      reset: () => set({ ...EMPTY }),
    };
  });
}
