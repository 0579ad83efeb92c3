// What the model worker does, without the worker: owns one runtime and at most one open model, and answers the calls
// of the protocol. Runtime, storage and time are passed in.
import type { Artifact } from '../engine/artifact/artifact.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import type { Runnable, RunnableCausalLm, RunnableImageClassifier } from '../engine/audit/analysis.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { estimateBudgets } from '../engine/audit/budgets.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { reportOfNotRun } from '../engine/audit/not-run.ts';
import { runAudit } from '../engine/audit/run-audit.ts';
import { ArtifactError, type ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import type { Drop } from '../engine/core/byte-source.ts';
import { breathe, type CancelSignal } from '../engine/core/cancel.ts';
import { causeNotRun, plainError } from '../engine/core/plain-error.ts';
import { BUDGETS, type Task } from '../engine/core/finding.ts';
import type { Clock } from '../engine/core/host.ts';
import { seeded } from '../engine/core/random.ts';
import { readText, type Reading } from '../engine/probes/text-triggers/reading.ts';
import { applyAllowList } from '../engine/report/allow-list.ts';
import type { Report, ReportInputs } from '../engine/report/report.ts';
import { GREEDY, type Generated } from '../engine/runtime/causal-lm.ts';
import { measureSpeed } from '../engine/runtime/measure-speed.ts';
import type { ImageClassifier } from '../engine/runtime/classifier.ts';
import { meantFor, openRunnable } from '../engine/runtime/open-runnable.ts';
import type { Runtime } from '../engine/runtime/session.ts';
import { SET_BY_USER, withPreprocessing } from '../engine/runtime/with-preprocessing.ts';
import { fitImage } from '../engine/inputs/images.ts';
import { giveInputs, type InputsHost } from '../engine/inputs/give-inputs.ts';
import { withoutExamples } from '../engine/inputs/read-examples.ts';
import { chooseDomain } from '../engine/probes/image-trigger/pictures/domain.ts';
import { lookAt, stampOf, type Look } from '../engine/probes/image-trigger/look.ts';
import { describeArtifact, describePictures } from './describe-artifact.ts';
import { viewAnswer, viewPrompt } from './prompt-view.ts';
import type { AttentionRequest, AttentionView, AuditJob, BackendChoice, BudgetEstimate, GeneratedAnswer, GenerateRequest, LookRequest, ModelDescription, OpenProgress, PicturePreparation, ReadRequest } from './protocol.ts';

export interface ModelHostDependencies {
  openRuntime(choice: BackendChoice, why?: string): Promise<Runtime>;
  readonly choice: BackendChoice;
  readonly clock: Clock;
  readonly inputs: InputsHost;
  /** Called with each event of an audit before the page sees it: checkpoints are stored here. */
  onAuditEvent(job: AuditJob, event: AuditEvent): Promise<void>;
}

const NO_ANSWER: Pick<Generated, 'ids' | 'stopped'> = { ids: [], stopped: false };

interface OpenState {
  readonly artifact: Artifact;
  readonly runnable: Runnable | undefined;
  /** The cause, where what the runtime missed has one. */
  readonly notRunnable: ArtifactErrorFields | undefined;
  /** What a model is for that cannot be run. */
  readonly meantFor: Task | undefined;
  /** What the runnable's examples were read from. */
  readonly inputs: ReportInputs | undefined;
}

/** Of a model that cannot be run, only the files are audited: no tokens, whatever the budget. */
function budgetsOf({ runnable }: OpenState, tokensPerSecond?: number): readonly BudgetEstimate[] {
  return runnable === undefined ? BUDGETS.map((budget) => ({ budget, tokens: 0 })) : estimateBudgets(runnable, tokensPerSecond);
}

export class ModelHost {
  readonly #dependencies: ModelHostDependencies;
  #runtime: Promise<Runtime> | undefined;
  #open: OpenState | undefined;
  /** The image classifier before the user changed its preprocessing. */
  #asOpened: ImageClassifier | undefined;

  constructor(dependencies: ModelHostDependencies) {
    this.#dependencies = dependencies;
  }

  runtime(): Promise<Runtime> {
    this.#runtime ??= this.#dependencies.openRuntime(this.#dependencies.choice);
    return this.#runtime;
  }

  async open(drop: Drop, signal: CancelSignal, onProgress: (progress: OpenProgress) => void): Promise<ModelDescription> {
    await this.close();
    onProgress({ step: 'read', done: 0, total: drop.files.length, unit: 'files' });
    const artifact = await openArtifact(drop);
    await breathe(signal);
    onProgress({ step: 'read', done: drop.files.length, total: drop.files.length, unit: 'files' });
    const state = await this.#load(artifact, signal, onProgress);
    this.#open = state;
    const { environment } = await this.runtime();
    return describeArtifact({ ...state, environment, budgets: budgetsOf(state) });
  }

  /** What budgets cost here. Asked for once nothing else works on the files: hashing beside it slows what is measured. */
  async measure(signal: CancelSignal): Promise<readonly BudgetEstimate[]> {
    const state = this.#opened();
    if (state.runnable?.task !== 'causal-lm') return budgetsOf(state);
    return budgetsOf(state, await measureSpeed(state.runnable.model, this.#dependencies.clock, signal).catch(unmeasured));
  }

  async close(): Promise<void> {
    const state = this.#open;
    this.#open = undefined;
    this.#asOpened = undefined;
    await state?.runnable?.model.dispose();
  }

  /** For all audits from here on; undefined takes back what was given. */
  async give(drop: Drop | undefined, signal: CancelSignal): Promise<ReportInputs | undefined> {
    const state = this.#opened();
    if (state.runnable === undefined || state.runnable.task === 'causal-lm') throw new Error('this model takes no inputs of your own');
    const given = drop === undefined ? { runnable: withoutExamples(state.runnable), inputs: undefined } : await giveInputs(state.runnable, drop, this.#dependencies.inputs, signal);
    this.#open = { ...state, ...given };
    return given.inputs;
  }

  async audit(job: AuditJob, signal: CancelSignal, onEvent: (event: AuditEvent) => void): Promise<Report> {
    const state = this.#opened();
    if (state.notRunnable !== undefined && job.known !== undefined) return this.#notRun(state, state.notRunnable, job.known, onEvent);
    const { environment } = await this.runtime();
    let report: Report | undefined;
    const events = runAudit({
      artifact: state.artifact,
      runnable: state.runnable,
      ...(state.notRunnable === undefined ? {} : { notRunnable: plainError(state.notRunnable) }),
      ...(state.meantFor === undefined ? {} : { meantFor: state.meantFor }),
      files: job.files,
      ...(job.known === undefined ? {} : { known: { findings: job.known.findings, coverage: job.known.coverage.filter(({ analysis }) => STATIC.includes(analysis)) } }),
      environment,
      ...(state.inputs === undefined ? {} : { inputs: state.inputs }),
      options: { budget: job.budget, seed: job.seed, ...(job.analyses === undefined ? {} : { analyses: job.analyses }), ...(job.candidates === undefined ? {} : { candidates: job.candidates }) },
      signal,
      clock: this.#dependencies.clock,
      ...(job.resumeState === undefined ? {} : { resume: job.resumeState }),
    });
    for await (const event of events) {
      await this.#dependencies.onAuditEvent(job, event);
      if (event.type === 'report') report = applyAllowList(event.report, job.allowed, Date.now(), new Set(STATIC)).report;
      else onEvent(event);
    }
    if (report === undefined) throw new Error('the audit ended without a report');
    return report;
  }

  /** Nothing could be run: what the check of the files said, with the reason for every probe. */
  #notRun({ artifact, meantFor }: OpenState, notRunnable: ArtifactErrorFields, checked: Report, onEvent: (event: AuditEvent) => void): Report {
    const report = reportOfNotRun(checked, { kind: artifact.kind, reason: plainError(notRunnable), ...(meantFor === undefined ? {} : { meantFor }) });
    for (const coverage of report.coverage) onEvent({ type: 'coverage', coverage });
    return report;
  }

  async attention(request: AttentionRequest, signal: CancelSignal): Promise<AttentionView[]> {
    const { model, tokenizer, template } = this.#running();
    const views: AttentionView[] = [];
    for (const prompt of request.prompts) {
      await breathe(signal);
      const { ids, tokens } = viewPrompt(prompt, template, tokenizer);
      const begin = this.#dependencies.clock.now();
      const most = Math.max(request.answerTokens, request.answerShown);
      const { ids: written, stopped } = most > 0 ? await this.#continue(ids, most, signal) : NO_ANSWER;
      const mapped = written.slice(0, request.answerTokens);
      const all = [...ids, ...mapped];
      const attention = await model.attention(all, signal);
      const maps = Array.from({ length: attention.layers }, (_, layer) => attention.layer(layer).slice());
      const seconds = (this.#dependencies.clock.now() - begin) / 1000;
      views.push({ tokens: [...tokens, ...viewAnswer(mapped, tokenizer)], layers: attention.layers, heads: attention.heads, maps, answer: { text: tokenizer.decode(written, { skipSpecial: true }).trim(), tokens: written.length, ended: stopped, mapped: mapped.length }, seconds });
    }
    return views;
  }

  async generate(request: GenerateRequest, signal: CancelSignal, onTokens: (count: number) => void): Promise<GeneratedAnswer[]> {
    const { model, tokenizer, template } = this.#running();
    const rows = request.prompts.map((prompt) => viewPrompt(prompt, template, tokenizer).ids);
    const begin = this.#dependencies.clock.now();
    const prefix = await model.prefill([]);
    let made = 0;
    try {
      const answers = await model.generate(prefix, rows, {
        maxNewTokens: request.maxNewTokens,
        sampling: request.sampling,
        random: seeded(request.seed, 'playground'),
        signal,
        onTokens: (count) => onTokens((made += count)),
      });
      const seconds = (this.#dependencies.clock.now() - begin) / 1000;
      return answers.map(({ ids, entropy, stopped }, row) => ({
        text: tokenizer.decode(ids, { skipSpecial: true }),
        tokens: ids.map((id, index) => ({ id, text: tokenizer.tokenText(id), entropy: entropy[index] ?? 0 })),
        stopped,
        full: !stopped && (rows[row]?.length ?? 0) + ids.length >= model.contextLength,
        seconds,
      }));
    } finally {
      prefix.dispose();
    }
  }

  async read({ texts }: ReadRequest, signal: CancelSignal): Promise<Reading[]> {
    const { runnable } = this.#opened();
    if (runnable?.task !== 'text-classification') throw new Error('this model sorts no texts into classes');
    const readings: Reading[] = [];
    for (const { user, trigger } of texts) readings.push(await readText(runnable, user, trigger, signal));
    return readings;
  }

  async look({ picture, stamp }: LookRequest, signal: CancelSignal): Promise<Look> {
    const { model } = await chooseDomain(this.#pictured().model, signal);
    const { decode } = this.#dependencies.inputs;
    const pixels = 'rgba' in picture ? picture : await decode(new Uint8Array(await picture.arrayBuffer()), picture.name);
    return lookAt(model, fitImage(pixels, model.spec), stamp === undefined ? undefined : stampOf(stamp, model), signal);
  }

  /** The range that the audit shows pictures in, and the playground: where the files do not say it, the model's answers do. */
  async preparation(signal: CancelSignal): Promise<PicturePreparation> {
    return describePictures((await chooseDomain(this.#pictured().model, signal)).model);
  }

  /** The audit and the playground see the changed model from here on. */
  prepare(change: Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined, signal: CancelSignal): Promise<PicturePreparation> {
    const { model, examples } = this.#pictured();
    const state = this.#opened();
    this.#asOpened ??= model;
    const first = this.#asOpened;
    const changed = change === undefined ? first : withPreprocessing(first, { ...change, origin: SET_BY_USER, guessed: false });
    this.#open = { ...state, runnable: { task: 'image-classification', model: changed, examples } };
    return this.preparation(signal);
  }

  async #continue(ids: readonly number[], maxNewTokens: number, signal: CancelSignal): Promise<Pick<Generated, 'ids' | 'stopped'>> {
    const { model } = this.#running();
    const prefix = await model.prefill([]);
    try {
      const [answer] = await model.generate(prefix, [ids], { maxNewTokens, sampling: GREEDY, signal });
      return answer ?? NO_ANSWER;
    } finally {
      prefix.dispose();
    }
  }

  /** A model that cannot be run is still open: what can be read of it is audited. */
  async #load(artifact: Artifact, signal: CancelSignal, onProgress: (progress: OpenProgress) => void): Promise<OpenState> {
    try {
      onProgress({ step: 'load', done: 0, total: 1, unit: 'steps' });
      const runnable = await this.#loadModel(artifact, signal, onProgress);
      await breathe(signal);
      onProgress({ step: 'load', done: 1, total: 1, unit: 'steps' });
      return { artifact, runnable, notRunnable: undefined, meantFor: undefined, inputs: undefined };
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      return { artifact, runnable: undefined, notRunnable: causeNotRun(error.toFields(), artifact.problems), meantFor: await meantFor(artifact), inputs: undefined };
    }
  }

  /** Where WebGPU fails on this model, WASM is tried, and the reason stays visible. */
  async #loadModel(artifact: Artifact, signal: CancelSignal, onProgress: (progress: OpenProgress) => void): Promise<Runnable> {
    const runtime = await this.runtime();
    try {
      return await openRunnable(artifact, runtime, { signal });
    } catch (error) {
      const retry = runtime.environment.backend === 'webgpu' && error instanceof ArtifactError && (error.code === 'runtime-failure' || error.code === 'too-large');
      if (!retry) throw error;
      const why = `WebGPU failed on this model (${error.message})`;
      onProgress({ step: 'load', done: 0, total: 1, unit: 'steps', note: `${why}; trying WASM` });
      this.#runtime = this.#dependencies.openRuntime('wasm', why);
      return openRunnable(artifact, await this.runtime(), { signal });
    }
  }

  #pictured(): RunnableImageClassifier {
    const { runnable } = this.#opened();
    if (runnable?.task !== 'image-classification') throw new Error('this model takes no pictures');
    return runnable;
  }

  #opened(): OpenState {
    if (this.#open === undefined) throw new Error('no model is open');
    return this.#open;
  }

  #running(): RunnableCausalLm {
    const { runnable, notRunnable } = this.#opened();
    if (runnable?.task === 'causal-lm') return runnable;
    if (runnable !== undefined) throw new Error('this model sorts into classes; it writes no text');
    throw notRunnable === undefined ? new Error('this model cannot be run') : new ArtifactError(notRunnable);
  }
}

/** A model that cannot run for so short a time fails its audit, with the reason; its files are looked into all the same. */
function unmeasured(error: unknown): undefined {
  if (!(error instanceof ArtifactError)) throw error;
}
