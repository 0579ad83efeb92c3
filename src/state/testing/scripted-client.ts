// An AssayClient for tests: answers what it was told to, and keeps what it was asked.
import type { AuditEvent } from '../../engine/audit/events.ts';
import type { Result } from '../../engine/core/result.ts';
import type { Reading } from '../../engine/probes/text-triggers/reading.ts';
import type { Report, ReportInputs } from '../../engine/report/report.ts';
import type { AssayClient, AttentionRequest, AttentionView, AuditRequest, GeneratedAnswer, GenerateRequest, OpenedModel, OpenInput, PicturePreparation, Resumable, StoredReportSummary } from '../client.ts';
import type { LabHost } from '../app.ts';
import type { Host } from '../host.ts';
import { NO_SETS } from '../kept-sets.ts';

export interface Script {
  readonly opened?: Result<OpenedModel>;
  /** What the check of the files says while it is opened. */
  readonly checked?: readonly AuditEvent[];
  readonly events?: readonly AuditEvent[];
  /** 'never': the audit goes on until it is cancelled. */
  readonly report?: Result<Report> | 'never';
  readonly resumable?: Resumable;
  /** When the audit of another tab ends. */
  readonly elsewhereEnded?: Promise<void>;
  readonly given?: Result<ReportInputs | null>;
  readonly stored?: readonly StoredReportSummary[];
  readonly attention?: Result<readonly AttentionView[]>;
  readonly answers?: Result<readonly GeneratedAnswer[]>;
  readonly preparation?: Result<PicturePreparation>;
  readonly readings?: Result<readonly Reading[]>;
}

export interface ScriptedClient extends AssayClient {
  readonly asked: {
    opens: OpenInput[];
    audits: AuditRequest[];
    attention: AttentionRequest[];
    generate: GenerateRequest[];
    cancels: number;
    pauses: boolean[];
  };
}

const NOTHING = { kind: 'error', message: 'not scripted' } as const;

/** A fingerprint lab that fails at everything, for tests of other pages. */
export const NO_LAB: LabHost = {
  client: { fingerprint: async () => NOTHING, analyse: async () => NOTHING, grid: async () => NOTHING, sample: async () => NOTHING, taps: async () => NOTHING, cancel: async () => {} },
  sets: NO_SETS,
  drawSeed: () => 1,
};

export function scriptedClient(script: Script): ScriptedClient {
  const asked: ScriptedClient['asked'] = { opens: [], audits: [], attention: [], generate: [], cancels: 0, pauses: [] };
  let endAudit: (result: Result<Report>) => void = () => {};
  return {
    monitor: {
      describe: async () => NOTHING, baseline: async () => NOTHING, check: async () => NOTHING, power: async () => NOTHING, redTeam: async () => NOTHING, search: async () => NOTHING, sample: async () => NOTHING,
      keep: async () => {}, kept: async () => undefined, cancel: () => {},
    },
    asked,
    environment: async () => ({ kind: 'ok', value: { backend: 'wasm', threads: 2, adapter: 'test', why: 'scripted' } }),
    samples: async () => ({ kind: 'ok', value: [] }),
    remembered: async () => ({ kind: 'ok', value: null }),
    open: async (input, onProgress, onEvent) => {
      asked.opens.push(input);
      onProgress({ step: 'read', done: 1, total: 2, unit: 'files' });
      onProgress({ step: 'read', done: 2, total: 2, unit: 'files' });
      script.checked?.forEach(onEvent);
      return script.opened ?? NOTHING;
    },
    bytes: async () => NOTHING,
    know: () => {},
    recheck: async () => NOTHING,
    compare: async () => NOTHING,
    close: async () => {},
    give: async () => script.given ?? NOTHING,
    audit: async (request, onEvent) => {
      asked.audits.push(request);
      script.events?.forEach(onEvent);
      return script.report === 'never' ? new Promise((resolve) => (endAudit = resolve)) : (script.report ?? NOTHING);
    },
    resumable: async () => script.resumable ?? null,
    elsewhereEnded: () => script.elsewhereEnded ?? Promise.resolve(),
    cancel: async () => {
      asked.cancels++;
      endAudit({ kind: 'cancelled' });
    },
    look: async () => NOTHING,
    preparation: async () => script.preparation ?? NOTHING,
    prepare: async () => NOTHING,
    pause: async () => {
      asked.pauses.push(true);
    },
    unpause: async () => {
      asked.pauses.push(false);
    },
    attention: async (request) => {
      asked.attention.push(request);
      return script.attention ?? NOTHING;
    },
    generate: async (request, onTokens) => {
      asked.generate.push(request);
      onTokens(1);
      return script.answers ?? NOTHING;
    },
    read: async () => script.readings ?? NOTHING,
    listReports: async () => ({ kind: 'ok', value: script.stored ?? [] }),
    loadReport: async () => (script.report === 'never' ? NOTHING : (script.report ?? NOTHING)),
    removeReport: async () => ({ kind: 'ok', value: null }),
  };
}

/** A browser that is a few variables. */
export function memoryHost(): Host & { readonly stored: Map<string, string>; visit(hash: string): void } {
  const stored = new Map<string, string>();
  const listeners: (() => void)[] = [];
  let hash = '';
  let time = 0;
  return {
    stored,
    now: () => (time += 10),
    storage: { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => void stored.set(key, value) },
    getHash: () => hash,
    setHash: (next) => {
      hash = next;
    },
    onHash: (listener) => listeners.push(listener),
    visit: (next) => {
      hash = next;
      listeners.forEach((listener) => listener());
    },
  };
}
