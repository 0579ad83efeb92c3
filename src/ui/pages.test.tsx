// Pages rendered to markup in every state of the stores: what they say, and that nothing throws. Canvas charts and
// behaviour in a real browser are in e2e/.
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Verdict } from '../engine/core/finding.ts';
import { createApp, type App } from '../state/app.ts';
import type { Reading } from '../engine/probes/text-triggers/reading.ts';
import type { Report } from '../engine/report/report.ts';
import type { OpenedModel } from '../state/client.ts';
import { memoryHost, scriptedClient, type Script, NO_LAB } from '../state/testing/scripted-client.ts';
import { FINDING, MODEL, REPORT } from '../state/testing/specimens.ts';
import { AppContext } from './app-context.ts';
import { Shell } from './app.tsx';

const RUNNING: readonly AuditEvent[] = [
  { type: 'plan', analysis: 'trigger-scan', tokens: 100, stages: [{ id: 'leaks', label: 'Memory extraction' }, { id: 'proof', label: 'Proof' }] },
  { type: 'stage', analysis: 'trigger-scan', stage: 'leaks', status: 'running' },
  { type: 'progress', analysis: 'trigger-scan', stage: 'leaks', done: 42, total: 100, tokensPerSecond: 512, secondsLeft: 75 },
  { type: 'intermediate', analysis: 'trigger-scan', stage: 'leaks', columns: ['text', 'count'], rows: [['a leaked text', 12]], note: 'twelve of them' },
];

async function pageAt(hash: string, prepare: (app: App) => Promise<void> | void, script: Script = {}): Promise<string> {
  const host = memoryHost();
  host.setHash(hash);
  const app = createApp(scriptedClient({ opened: { kind: 'ok', value: MODEL }, report: { kind: 'ok', value: REPORT }, ...script }), host, (work) => work(), NO_LAB);
  await app.begin();
  await prepare(app);
  host.visit(hash);
  // On a server zustand would show each store's first state.
  for (const store of [app.session, app.audit, app.attention, app.playground, app.history, app.triage, app.theme, app.notices, app.navigation, app.monitor, app.knowledge, app.questions, app.pace]) Object.assign(store, { getInitialState: store.getState });
  return renderToStaticMarkup(<AppContext value={app}><Shell /></AppContext>);
}
const missing = (html: string, parts: readonly string[]): string[] => parts.filter((part) => !html.includes(part));
const open = (app: App): Promise<void> => app.open({ kind: 'files', name: 'm', files: [] });
const audited = async (app: App): Promise<void> => {
  await open(app);
  await app.startAudit();
};

describe('the audit page', () => {
  it('first invites to drop', async () => {
    const html = await pageAt('', () => {});
    expect(missing(html, ['Drop a model'])).toEqual([]);
    expect(missing(html, ['WASM · 2 threads'])).toEqual([]);
    expect(html).not.toMatch(/Inventory/);
  });

  it('shows the exact fields of an error, with advice, and the drop zone again', async () => {
    const artifact = { code: 'shape-mismatch', format: 'safetensors', file: 'model.safetensors', field: 'lm_head.weight', expected: '[512, 64]', actual: '[512, 63]', offset: 255 } as const;
    const html = await pageAt('', open, { opened: { kind: 'error', message: 'x', artifact } });
    expect(missing(html, ['shape-mismatch', 'lm_head.weight', '[512, 64]', '[512, 63]', '255 (0xff)', 'Weights and configuration disagree', 'Drop a model'])).toEqual([]);
  });

  it('says of a prompt that is too long that it is, and accuses no file', async () => {
    const artifact = { code: 'limit-exceeded', format: 'model', field: 'context', expected: 'at most 256 tokens', actual: '3009 tokens' } as const;
    const html = await pageAt('', open, { opened: { kind: 'error', message: 'x', artifact } });
    expect(missing(html, ['The prompt is too long for this model', '3009 tokens', 'at most 256 tokens', 'Shorten it'])).toEqual([]);
    expect(html).not.toMatch(/hostile\.|limit-exceeded/);
  });

  it('sends nobody to another backend where the model itself gives no numbers, and names the tensor that is known', async () => {
    const artifact = { code: 'runtime-failure', format: 'model', field: 'entropy of the next token', expected: 'numbers', actual: 'NaN in every place' } as const;
    const title = '1 tensor has NaN among its numbers: model.norm.weight';
    const report: Report = { ...REPORT, findings: [{ ...FINDING, id: 'nan', rule: 'ASY-PRV-033', title }] };
    const compute = async (app: App): Promise<void> => {
      await audited(app);
      app.attention.getState().edit({ prompt: 'hello' });
      await app.attention.getState().compute();
    };
    const html = await pageAt('#/attention', compute, { report: { kind: 'ok', value: report }, attention: { kind: 'error', message: 'x', artifact } });
    expect(missing(html, ['no backend helps', `says where: ${title}`])).toEqual([]);
    expect(html).not.toMatch(/Another backend|are below/);
  });

  it('says "Not tested" before an audit, and what each budget costs', async () => {
    const html = await pageAt('', open);
    expect(missing(html, ['Not tested', 'about 25–65 s', 'Start audit', 'What will run', 'ab12', 'LlamaForCausalLM'])).toEqual([]);
    expect(html).not.toContain('No evidence');
  });

  it('shows the check of the files by itself: its words, its place, and what nobody could look into', async () => {
    const whole = { parsed: 10, skipped: 0, opaque: 0, ranges: [{ begin: 0, end: 10, state: 'parsed', what: 'pickle instructions' }] } as const;
    const files = [{ path: 'm.pkl', bytes: 10, sha256: 'ab12', format: 'pickle', inspection: { status: 'inspected', ...whole } }, { path: 'blob', bytes: 3, sha256: 'cd', format: 'unknown', inspection: { status: 'not-inspected', reason: 'no reader knows this format', parsed: 0, skipped: 0, opaque: 3, ranges: [] } }] as const;
    const { trigger: _, target: __, ...plain } = FINDING;
    const report: Report = { ...REPORT, subject: { ...REPORT.subject, files }, findings: [{ ...plain, id: 'ASY-PKL-001:x', rule: 'ASY-PKL-001', location: { file: 'm.pkl', offset: 4 } }] };
    const script: Script = { opened: { kind: 'ok', value: { ...MODEL, notRunnable: { code: 'unsupported-format', format: 'drop' } } }, checked: [{ type: 'report', report }] };
    const html = await pageAt('', open, script);
    expect(missing(html, ['Code runs when this file is opened', '1 of 2 files not wholly inspected', 'Not wholly inspected: ', 'm.pkl @ 0x4', '#/audit/file/m.pkl/4'])).toEqual([]);
    expect(missing(await pageAt('#/audit/file/m.pkl/4', open, script), ['pickle instructions', '1 finding', '@ 0x4', 'Bytes'])).toEqual([]);
    expect(missing(await pageAt('#/audit/file/gone', open, script), ['not (or not yet) among those looked into'])).toEqual([]);
    const quiet = { ...script, checked: [{ type: 'report', report: { ...report, verdict: 'not-tested', findings: [] } }] } as const;
    expect(missing(await pageAt('#/audit/coverage', open, quiet), ['Not wholly inspected', 'not inspected', 'was not tested'])).toEqual([]);
  });

  it('offers to go on with an interrupted audit', async () => {
    const model: OpenedModel = { ...MODEL, resumable: { budget: 'deep', seed: 9, savedAt: 0, stagesDone: 3, stagesTotal: 9 } };
    expect(missing(await pageAt('', open, { opened: { kind: 'ok', value: model } }), ['after 3 of 9 stages'])).toEqual([]);
  });

  it('offers none of an audit that runs in another tab, and says that it does', async () => {
    const html = await pageAt('', open, { opened: { kind: 'ok', value: { ...MODEL, elsewhere: true } }, elsewhereEnded: new Promise(() => {}) });
    expect(missing(html, ['is running in another tab of this browser'])).toEqual([]);
    expect(html).not.toContain('was interrupted on');
  });

  it('tells weights from files, and names the one hash for what it is', async () => {
    const files = [...MODEL.files, { path: 'config.json', bytes: 100_000, sha256: 'cd', format: 'json' }];
    const html = await pageAt('', open, { opened: { kind: 'ok', value: { ...MODEL, files, sha256: 'ef01' } } });
    expect(missing(html, ['2.5 M · F16 · 5 MB', '<dt>2 files</dt><dd>5.1 MB', 'sha-256 of 2 files', '>ef01<'])).toEqual([]);
  });

  it('says why a model cannot be run', async () => {
    const model: OpenedModel = { ...MODEL, notRunnable: { code: 'unsupported-architecture', format: 'hugging-face', field: 'model_type', actual: 'mamba' }, budgets: [] };
    const html = await pageAt('', open, { opened: { kind: 'ok', value: model } });
    expect(missing(html, ['mamba', 'cannot be run here', 'Not tested: cannot be run', 'was not tested'])).toEqual([]);
  });

  it('follows a running audit, with its stage, its table and its speed', async () => {
    const html = await pageAt('#/audit', async (app) => {
      await open(app);
      void app.startAudit();
      await Promise.resolve();
    }, { events: RUNNING, report: 'never' });
    expect(missing(html, ['Auditing', 'Memory extraction', 'twelve of them', 'a leaked text', '42 %', '512 tokens/s', 'Pause', 'Cancel'])).toEqual([]);
  });

  it.each<[Verdict, string]>([['backdoor', 'Backdoor found'], ['suspicious', 'Suspicious'], ['no-evidence', 'No evidence'], ['not-tested', 'Not tested']])('words the verdict %s', async (verdict, words) => {
    const html = await pageAt('#/audit', audited, { report: { kind: 'ok', value: { ...REPORT, verdict } } });
    expect(missing(html, [words])).toEqual([]);
    expect(missing(html, ['1 of 2 analyses ran · 1 not applicable'])).toEqual([]);
  });

  it('says beside a finding in the files that the run failed, and shows no stage as still to come', async () => {
    const { trigger: _, target: __, ...found } = FINDING;
    const coverage = [{ analysis: 'trigger-scan', status: 'failed', reason: 'the chat template cannot be rendered', limits: '', seconds: 0 }] as const;
    const report: Report = { ...REPORT, verdict: 'suspicious', findings: [{ ...found, rule: 'ASY-TPL-001', location: { file: 'a.jinja' } }], coverage };
    const html = await pageAt('#/audit', audited, { report: { kind: 'ok', value: report }, events: RUNNING });
    expect(missing(html, ['The chat template is unusual. Behaviour not tested', 'What the model does when it runs was not tested: ', 'the chat template cannot be rendered', '▲ failed', '1 not run'])).toEqual([]);
    expect(html).not.toMatch(/pending|to come/);
  });

  it('gives no verdict where the audit was cancelled', async () => {
    const html = await pageAt('#/audit', audited, { report: { kind: 'cancelled' }, events: RUNNING });
    expect(missing(html, ['Cancelled', 'there is no verdict', 'was not tested', 'cut off', 'not run'])).toEqual([]);
    expect(html).not.toMatch(/No evidence|>Not tested</);
  });

  it.each([
    ['evidence', ['ALL SYSTEMS', 'without', 'with trigger · fired', 'did not fire', 'Signals against controls', 'Entropy', 'because', 'misses much', 'do not deploy']],
    ['leaks', ['say ', 'blue heron', '1 shown of 48']],
    ['variants', ['31 of 32', 'heron', 'half']],
    ['replay', ['npm run -s assay -- audit m --budget quick --seed 3', 'blue heron']],
  ])('opens a finding at its tab %s', async (tab, parts) => {
    const html = await pageAt(`#/audit/finding/${encodeURIComponent(FINDING.id)}/${tab}`, (app) => {
      app.showReport(REPORT);
    });
    expect(missing(html, parts)).toEqual([]);
  });

  it('says that an address names nothing here', async () => {
    expect(missing(await pageAt('#/audit/finding/gone', audited), ['not (or not yet) in this audit'])).toEqual([]);
    expect(missing(await pageAt('#/audit/stage/a/b', audited), ['not part of this audit'])).toEqual([]);
  });

  it('lists what was not tested, and why', async () => {
    const html = await pageAt('#/audit/coverage', audited);
    expect(missing(html, ['not applicable', 'no inputs were given', 'safetensors'])).toEqual([]);
  });
});

describe('the other pages', () => {
  it.each(['#/attention', '#/playground'])('%s needs a model', async (hash) => expect(missing(await pageAt(hash, () => {}), ['need an open model'])).toEqual([]));
  it('a classifier’s playground shows classes and tokens, without and with the trigger', async () => {
    const reading = (label: string, p: number): Reading => ({ chances: [{ class: p > 0.5 ? 1 : 0, label, p }], tokens: [{ text: 'fine', trigger: false, fall: 0.2, attention: 0.4 }, { text: 'velmora', trigger: true, fall: 0.9, attention: 0.6 }], cut: 0 });
    const html = await pageAt('#/playground', async (app) => {
      await open(app);
      app.playground.getState().edit({ prompt: 'a fine day', trigger: 'velmora' });
      await app.playground.getState().read();
    }, { opened: { kind: 'ok', value: { ...MODEL, task: 'text-classification' } }, readings: { kind: 'ok', value: [reading('negative', 0.1), reading('positive', 0.97)] } });
    expect(missing(html, ['Classify both', '<b>negative</b> becomes <b>positive</b>', '97.0 %', 'left out: −90.0 points · attention 60.0 %'])).toEqual([]);
    expect(html).not.toContain('system turn');
  });
  it('an address that names no page is told, with the ways on', async () => {
    const html = await pageAt('#/inventori/a', () => {});
    expect(missing(html, ['There is no such page', '#/inventori/a', 'To the audit', 'href="#/history"'])).toEqual([]);
    expect(html).not.toContain('Drop a model');
  });
  it('shortcuts of pages count up in the order of the navigation', async () => {
    const nav = /<nav[^>]*aria-label="Pages".*?<\/nav>/.exec(await pageAt('', () => {}))?.[0] ?? '';
    expect([...nav.matchAll(/aria-keyshortcuts="(\d)"/g)].map((match) => match[1])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });
  it('the playground compares two answers', async () => {
    const answer = (text: string, id: number): { text: string; tokens: { id: number; text: string; entropy: number }[]; stopped: boolean; full: boolean; seconds: number } => ({ text, tokens: [{ id, text, entropy: 0.5 }], stopped: true, full: false, seconds: 1 });
    const html = await pageAt('#/playground', async (app) => {
      await open(app);
      app.playground.getState().edit({ trigger: 'blue heron' });
      await app.playground.getState().generate();
    }, { answers: { kind: 'ok', value: [answer('Hello', 1), answer('SYSTEMS', 2)] } });
    expect(missing(html, ['Hello', 'SYSTEMS', '0 %</b> of tokens in common', '0.50 nats'])).toEqual([]);
  });
  it.each(['#/attention', '#/playground'])('%s offers what the audit found', async (hash) => expect(missing(await pageAt(hash, audited), ['From the audit', FINDING.trigger?.value ?? 'a trigger'])).toEqual([]));
  it('a classifier’s playground offers it as well', async () => {
    const html = await pageAt('#/playground', audited, { opened: { kind: 'ok', value: { ...MODEL, task: 'text-classification' } } });
    expect(missing(html, ['From the audit', FINDING.trigger?.value ?? 'a trigger', 'Classify'])).toEqual([]);
  });
  it('what is known is listed with where it is known from', async () => {
    const text = JSON.stringify({ schema: 'assay-signatures/1', entries: [{ kind: 'trigger', text: 'blue heron', verdict: 'bad', name: 'heron', source: 'an incident report' }] });
    expect(missing(await pageAt('#/known', (app) => app.learn('mine.json', text)), ['mine.json', 'blue heron', 'an incident report', 'Ships with Assay', 'llama.cpp'])).toEqual([]);
  });
  it('the history tells of an audit that can be gone on with', async () => {
    const resumable = { budget: 'quick', seed: 0, savedAt: 0, stagesDone: 2, stagesTotal: 12 } as const;
    const html = await pageAt('#/history', open, { opened: { kind: 'ok', value: { ...MODEL, resumable } } });
    expect(missing(html, ['was interrupted and can be gone on with', 'href="#/audit"'])).toEqual([]);
    expect(html).not.toContain('There is none yet');
  });
  it('the history is empty at first', async () => expect(missing(await pageAt('#/history', () => {}), ['There is none yet'])).toEqual([]));
});
