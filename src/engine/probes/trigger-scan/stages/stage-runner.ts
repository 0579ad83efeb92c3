// Runs the scan's stages in order: announces them, measures speed, stores what each found so that an interrupted scan
// goes on after its last finished stage, and turns token counts into time left.
import type { AuditContext } from '../../../audit/analysis.ts';
import type { AuditEvent } from '../../../audit/events.ts';
import { breathe } from '../../../core/cancel.ts';
import type { StageCost, StageId } from '../budget.ts';

/** Progress is reported at most this often. */
const REPORT_EVERY_MS = 250;

export interface StageProgress {
  /** Tokens run in this stage. */
  spend(tokens: number): void;
  note(note: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
}

export class StageRunner {
  readonly #context: AuditContext;
  readonly #emit: (event: AuditEvent) => void;
  readonly #analysis: string;
  readonly #costs: readonly StageCost[];
  #tokensDone = 0;
  #tokensTimed = 0;
  #busyMs = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  #current: { id: StageId; spent: number; begun: number } | undefined;

  constructor(context: AuditContext, emit: (event: AuditEvent) => void, analysis: string, costs: readonly StageCost[]) {
    this.#context = context;
    this.#emit = emit;
    this.#analysis = analysis;
    this.#costs = costs;
    emit({ type: 'plan', analysis, tokens: this.#total(), stages: costs.map(({ id, label }) => ({ id, label })) });
  }

  /** The stage's result: computed now, or taken from the checkpoint of an interrupted scan. Results are plain data. */
  async run<T>(id: StageId, work: (progress: StageProgress) => Promise<T>): Promise<T> {
    const stored = this.#context.resume?.[this.#analysis]?.[id] as { readonly result: T; readonly notes: readonly AuditEvent[] } | undefined;
    const cost = this.#costs.find((stage) => stage.id === id)?.tokens ?? 0;
    if (stored !== undefined) {
      for (const note of stored.notes) this.#emit(note);
      this.#emit({ type: 'stage', analysis: this.#analysis, stage: id, status: 'done', note: 'from before the interruption' });
      this.#tokensDone += cost;
      return stored.result;
    }
    await breathe(this.#context.signal);
    this.#emit({ type: 'stage', analysis: this.#analysis, stage: id, status: 'running' });
    const notes: AuditEvent[] = [];
    this.#current = { id, spent: 0, begun: this.#context.clock.now() };
    const result = await work({
      spend: (tokens) => this.spend(tokens),
      note: (note, columns, rows) => {
        const event: AuditEvent = { type: 'intermediate', analysis: this.#analysis, stage: id, columns, rows, note };
        notes.push(event);
        this.#emit(event);
      },
    });
    this.#busyMs += this.#context.clock.now() - this.#current.begun;
    this.#tokensTimed += this.#current.spent;
    this.#tokensDone += cost;
    this.#current = undefined;
    // Stored before it is shown as done, so that a reload never loses what the page has claimed.
    this.#emit({ type: 'checkpoint', analysis: this.#analysis, stage: id, state: { result, notes } });
    this.#emit({ type: 'stage', analysis: this.#analysis, stage: id, status: 'done' });
    return result;
  }

  skip(id: StageId, note: string): void {
    this.#emit({ type: 'stage', analysis: this.#analysis, stage: id, status: 'skipped', note });
    this.#tokensDone += this.#costs.find((stage) => stage.id === id)?.tokens ?? 0;
  }

  /** Counts tokens of the running stage and reports progress now and then. */
  spend(tokens: number): void {
    const current = this.#current;
    if (current === undefined) return;
    current.spent += tokens;
    const now = this.#context.clock.now();
    if (now - this.#lastReport < REPORT_EVERY_MS) return;
    this.#lastReport = now;
    const cost = this.#costs.find((stage) => stage.id === current.id)?.tokens ?? 0;
    // A stage that needs more than planned must not run past its share of the bar.
    const done = this.#tokensDone + Math.min(current.spent, cost);
    const seconds = (this.#busyMs + now - current.begun) / 1000;
    const speed = seconds <= 0 ? 0 : (this.#tokensTimed + current.spent) / seconds;
    this.#emit({
      type: 'progress',
      analysis: this.#analysis,
      stage: current.id,
      done,
      total: this.#total(),
      ...(speed > 0 ? { tokensPerSecond: speed, secondsLeft: (this.#total() - done) / speed } : {}),
    });
  }

  #total(): number {
    return this.#costs.reduce((sum, { tokens }) => sum + tokens, 0);
  }
}
