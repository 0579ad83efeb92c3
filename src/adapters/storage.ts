// What the browser keeps between visits, in IndexedDB: checkpoints of audits, finished reports, and what was open last.
// Used by the page and by the model worker alike. Every write can fail (quota, private windows): callers treat storage
// as a convenience and go on without it.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { AuditEvent, ResumeState } from '../engine/audit/events.ts';
import type { Milliseconds } from '../engine/core/units.ts';
import type { Report } from '../engine/report/report.ts';
import { isOfEngine, keyOf, type AuditKey } from './audit-key.ts';
import { ENGINE_BUILD } from './engine-build.ts';

export interface StoredAudit extends AuditKey {
  readonly key: string;
  readonly savedAt: Milliseconds;
  /** Analysis -> how many stages it planned. */
  readonly stages: Readonly<Record<string, number>>;
}

interface StoredCheckpoint {
  readonly audit: string;
  readonly analysis: string;
  readonly stage: string;
  readonly state: unknown;
}

export interface StoredReport {
  readonly id: string;
  readonly savedAt: Milliseconds;
  readonly sha256: string;
  readonly report: Report;
}

/** How to open again what was open: a sample, handles to the user's own files, or copies of small files. */
export type StoredDrop = { readonly name: string; readonly savedAt: Milliseconds; readonly sha256: string } & (
  | { readonly kind: 'sample'; readonly sampleId: string }
  | { readonly kind: 'handles'; readonly handles: readonly FileSystemHandle[] }
  | { readonly kind: 'copies'; readonly files: readonly { readonly path: string; readonly file: File }[] }
);

interface Schema extends DBSchema {
  audits: { key: string; value: StoredAudit; indexes: { sha256: string } };
  checkpoints: { key: [string, string, string]; value: StoredCheckpoint; indexes: { audit: string } };
  reports: { key: string; value: StoredReport };
  drops: { key: string; value: StoredDrop };
}

export type Storage = Awaited<ReturnType<typeof openStorage>>;

const DATABASE = 'assay';
const LAST = 'last';
/** Reports beyond this many are dropped, oldest first. */
const MAX_REPORTS = 200;
/** Checkpoints of more interrupted audits than this are dropped, oldest first. */
const MAX_AUDITS = 12;

export async function openStorage() {
  const db = await openDB<Schema>(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('audits', { keyPath: 'key' }).createIndex('sha256', 'sha256');
      database.createObjectStore('checkpoints', { keyPath: ['audit', 'analysis', 'stage'] }).createIndex('audit', 'audit');
      database.createObjectStore('reports', { keyPath: 'id' });
      database.createObjectStore('drops');
    },
  });
  return {
    /** Notes an analysis' plan, so that its audit's checkpoints can be found and counted. */
    async savePlan({ sha256, budget, seed, backend }: AuditKey, plan: Extract<AuditEvent, { type: 'plan' }>, savedAt: Milliseconds): Promise<void> {
      const key = keyOf({ sha256, budget, seed, backend }, ENGINE_BUILD);
      const known = await db.get('audits', key);
      await db.put('audits', { sha256, budget, seed, backend, key, savedAt, stages: { ...known?.stages, [plan.analysis]: plan.stages.length } });
      const old = (await db.getAll('audits')).toSorted((a, b) => b.savedAt - a.savedAt).slice(MAX_AUDITS);
      for (const stale of old) await removeAudit(db, stale.key);
    },
    async saveCheckpoint(audit: AuditKey, event: Extract<AuditEvent, { type: 'checkpoint' }>, savedAt: Milliseconds): Promise<void> {
      const key = keyOf(audit, ENGINE_BUILD);
      const transaction = db.transaction(['audits', 'checkpoints'], 'readwrite');
      const known = await transaction.objectStore('audits').get(key);
      if (known !== undefined) await transaction.objectStore('audits').put({ ...known, savedAt });
      await transaction.objectStore('checkpoints').put({ audit: key, analysis: event.analysis, stage: event.stage, state: event.state });
      await transaction.done;
    },
    async resumeState(audit: AuditKey): Promise<ResumeState | undefined> {
      const checkpoints = await db.getAllFromIndex('checkpoints', 'audit', keyOf(audit, ENGINE_BUILD));
      if (checkpoints.length === 0) return undefined;
      const state: Record<string, Record<string, unknown>> = {};
      for (const { analysis, stage, state: value } of checkpoints) (state[analysis] ??= {})[stage] = value;
      return state;
    },
    /** The latest interrupted audit of an artifact that has at least one finished stage, found by this engine; on any backend where none is named. */
    async interrupted(sha256: string, backend?: string): Promise<{ readonly audit: StoredAudit; readonly stagesDone: number } | undefined> {
      const audits = (await db.getAllFromIndex('audits', 'sha256', sha256)).toSorted((a, b) => b.savedAt - a.savedAt);
      for (const audit of audits.filter((stored) => isOfEngine(stored, ENGINE_BUILD) && (backend === undefined || stored.backend === backend))) {
        const stagesDone = await db.countFromIndex('checkpoints', 'audit', audit.key);
        if (stagesDone > 0) return { audit, stagesDone };
      }
      return undefined;
    },
    forgetAudit: (audit: AuditKey): Promise<void> => removeAudit(db, keyOf(audit, ENGINE_BUILD)),

    async saveReport(stored: StoredReport): Promise<void> {
      await db.put('reports', stored);
      const old = (await db.getAll('reports')).toSorted((a, b) => b.savedAt - a.savedAt).slice(MAX_REPORTS);
      for (const { id } of old) await db.delete('reports', id);
    },
    async listReports(): Promise<StoredReport[]> {
      return (await db.getAll('reports')).toSorted((a, b) => b.savedAt - a.savedAt);
    },
    loadReport: (id: string): Promise<StoredReport | undefined> => db.get('reports', id),
    removeReport: (id: string): Promise<void> => db.delete('reports', id),

    async rememberDrop(drop: StoredDrop): Promise<void> {
      await db.put('drops', drop, LAST);
    },
    rememberedDrop: (): Promise<StoredDrop | undefined> => db.get('drops', LAST),
    forgetDrop: (): Promise<void> => db.delete('drops', LAST),
  };
}

async function removeAudit(db: IDBPDatabase<Schema>, key: string): Promise<void> {
  const transaction = db.transaction(['audits', 'checkpoints'], 'readwrite');
  await transaction.objectStore('audits').delete(key);
  for (const checkpoint of await transaction.objectStore('checkpoints').index('audit').getAllKeys(key)) {
    await transaction.objectStore('checkpoints').delete(checkpoint);
  }
  await transaction.done;
}
