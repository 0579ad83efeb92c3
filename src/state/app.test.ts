// The stores together, over a scripted client and a browser that is a few variables.
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../engine/audit/events.ts';
import { createApp, type App } from './app.ts';
import type { Resumable } from './client.ts';
import { memoryHost, scriptedClient, type Script, type ScriptedClient, NO_LAB } from './testing/scripted-client.ts';
import { FINDING, MODEL, REPORT } from './testing/specimens.ts';

const EVENTS: readonly AuditEvent[] = [
  { type: 'plan', analysis: 'trigger-scan', tokens: 10, stages: [{ id: 'leaks', label: 'Leaks' }] },
  { type: 'stage', analysis: 'trigger-scan', stage: 'leaks', status: 'running' },
  { type: 'finding', finding: FINDING },
];
const WHOLE: Script = { opened: { kind: 'ok', value: MODEL }, events: EVENTS, report: { kind: 'ok', value: REPORT } };

function start(script: Script = WHOLE): { app: App; client: ScriptedClient; host: ReturnType<typeof memoryHost> } {
  const client = scriptedClient(script);
  const host = memoryHost();
  return { client, host, app: createApp(client, host, (work) => queueMicrotask(work), NO_LAB) };
}
const FILES = { kind: 'files', name: 'm', files: [] } as const;

describe('opening', () => {
  it('keeps the last progress of each step and the model', async () => {
    const { app } = start();
    await app.open(FILES);
    expect(app.session.getState()).toMatchObject({ phase: 'open', model: { name: 'm' }, steps: [{ step: 'read', done: 2 }] });
    expect(app.playground.getState().sampling).toEqual(MODEL.defaultSampling);
  });

  it('shows an exact error and stays usable', async () => {
    const artifact = { code: 'truncated', format: 'gguf', offset: 12 } as const;
    const { app } = start({ opened: { kind: 'error', message: 'gguf: truncated', artifact } });
    await app.open(FILES);
    expect(app.session.getState()).toMatchObject({ phase: 'empty', failure: { name: 'm', failure: { artifact } } });
    app.session.getState().clearFailure();
    expect(app.session.getState().failure).toBeUndefined();
  });

  it('takes back what it said of an earlier opening once the next begins, and keeps it in the log', async () => {
    const { app } = start();
    app.notices.getState().say('error', 'Nothing to open', 'The folder is empty.', 'opening');
    app.notices.getState().say('error', 'Not copied');
    await app.open(FILES);
    expect(app.notices.getState().notices.map(({ title }) => title)).toEqual(['Not copied']);
    expect(app.notices.getState().log.map(({ title }) => title)).toEqual(['Not copied', 'Nothing to open']);
  });

  it('says of a cancelled opening no more than that', async () => {
    const { app } = start({ opened: { kind: 'cancelled' } });
    await app.open(FILES);
    expect(app.notices.getState().notices).toMatchObject([{ tone: 'info' }]);
  });
});

describe('clean inputs of one’s own', () => {
  const inputs = { path: 'mine.txt', used: 2, files: [{ path: 'mine.txt', bytes: 8, sha256: 'ab12', used: 2 }] };
  const mine = { name: 'mine.txt', files: [] };
  const left: Resumable = { budget: 'quick', seed: 1, savedAt: 0, stagesDone: 1, stagesTotal: 2 };

  it('stay until something else is opened, and what is interrupted is not gone on with while they are there', async () => {
    const { app, client } = start({ ...WHOLE, opened: { kind: 'ok', value: { ...MODEL, resumable: left } }, given: { kind: 'ok', value: inputs } });
    await app.open(FILES);
    await app.session.getState().give(mine);
    expect(app.session.getState()).toMatchObject({ inputs, giving: false });
    await app.startAudit({ resume: true });
    expect(client.asked.audits).toEqual([{ budget: 'standard', seed: 0, resume: false }]);
    await app.open(FILES);
    expect(app.session.getState().inputs).toBeUndefined();
  });

  it('that cannot be used leave those before', async () => {
    const script: { -readonly [Key in keyof Script]: Script[Key] } = { ...WHOLE, given: { kind: 'ok', value: inputs } };
    const { app } = start(script);
    await app.open(FILES);
    await app.session.getState().give(mine);
    script.given = { kind: 'error', message: 'no text' };
    expect(await app.session.getState().give(mine)).toMatchObject({ kind: 'error' });
    expect(app.session.getState()).toMatchObject({ inputs, giving: false });
    script.given = { kind: 'ok', value: null };
    await app.session.getState().give(undefined);
    expect(app.session.getState().inputs).toBeUndefined();
  });
});

describe('the check of the files', () => {
  it('begins with opening, shows what it finds and ends with its report', async () => {
    const { app } = start({ ...WHOLE, checked: [{ type: 'finding', finding: FINDING }, { type: 'report', report: REPORT }] });
    await app.open(FILES);
    expect(app.audit.getState().view).toMatchObject({ scope: 'files', status: 'done', report: REPORT, findings: [FINDING] });
  });

  it('gives way to the audit, and leaves nothing where opening failed', async () => {
    const { app } = start({ ...WHOLE, checked: [{ type: 'report', report: REPORT }] });
    await app.open(FILES);
    await app.startAudit();
    expect(app.audit.getState().view.scope).toBe('all');
    const failed = start({ checked: [{ type: 'finding', finding: FINDING }] });
    await failed.app.open(FILES);
    expect(failed.app.audit.getState().view).toMatchObject({ status: 'idle', findings: [] });
  });
});

describe('auditing', () => {
  it('folds the stream and ends with the report', async () => {
    const { app, client } = start();
    await app.open(FILES);
    app.audit.getState().choose({ budget: 'quick', seed: 7 });
    await app.startAudit();
    expect(client.asked.audits).toEqual([{ budget: 'quick', seed: 7, resume: false }]);
    expect(app.audit.getState().view).toMatchObject({ status: 'done', report: REPORT, findings: [FINDING] });
  });

  it('goes on with an interrupted audit with its own budget and seed', async () => {
    const resumable = { budget: 'deep', seed: 5, savedAt: 0, stagesDone: 1, stagesTotal: 9 } as const;
    const { app, client } = start({ ...WHOLE, opened: { kind: 'ok', value: { ...MODEL, resumable } } });
    await app.open(FILES);
    await app.startAudit({ resume: true });
    expect(client.asked.audits).toEqual([{ budget: 'deep', seed: 5, resume: true }]);
    expect(app.session.getState().model?.resumable).toBeUndefined();
  });

  it('keeps what was found when it is cancelled, without a verdict', async () => {
    const { app } = start({ ...WHOLE, report: { kind: 'cancelled' } });
    await app.open(FILES);
    await app.startAudit();
    const { view } = app.audit.getState();
    expect(view).toMatchObject({ status: 'cancelled', findings: [FINDING] });
    expect(view.report).toBeUndefined();
  });

  it('starts nothing where nothing is open', async () => {
    const { app, client } = start();
    await app.startAudit();
    expect(client.asked.audits).toEqual([]);
  });

  it('pauses only what runs', async () => {
    const { app, client } = start();
    await app.audit.getState().pause();
    await app.audit.getState().unpause();
    expect(client.asked.pauses).toEqual([]);
  });
});

describe('leaving a running audit', () => {
  const KEPT = { id: 'stopped/ab12/standard/0', savedAt: 0, name: 'm', task: 'causal-lm', sha256: 'ab12', verdict: 'not-tested', words: '', score: 0, budget: 'standard', seed: 0, findings: 0, ran: 0, analyses: 2, filesOnly: false } as const;
  const OTHER = { kind: 'files', name: 'other', files: [] } as const;
  const auditing = async (script: Script = {}): Promise<ReturnType<typeof start> & { readonly ended: Promise<void> }> => {
    const started = start({ ...WHOLE, report: 'never', ...script });
    await started.app.open(FILES);
    const ended = started.app.startAudit();
    await new Promise((resolve) => setTimeout(resolve));
    return { ...started, ended };
  };

  it('is asked for, and "no" leaves the audit as it is', async () => {
    const { app, client } = await auditing();
    const opening = app.open(OTHER);
    expect(app.questions.getState().question).toMatchObject({ title: 'The audit of m is still running', yes: 'Stop it and open other' });
    app.questions.getState().answer(false);
    await opening;
    expect([client.asked.cancels, client.asked.opens.length, app.audit.getState().view.status]).toEqual([0, 1, 'running']);
  });

  it('is not asked for by the name of the sample that is audited, which leads back to it', async () => {
    const sample = { kind: 'sample', sample: { id: 's', title: 'S', description: '', task: 'causal-lm', files: [] } } as const;
    const { app, client, host } = start({ ...WHOLE, report: 'never' });
    await app.open(sample);
    void app.startAudit();
    app.navigation.getState().go({ page: 'monitor' });
    await app.open(sample);
    expect([app.questions.getState().question, client.asked.opens.length, host.getHash()]).toEqual([undefined, 1, '#/audit']);
  });

  it('stops it on "yes", and says what was kept and nothing else', async () => {
    const { app, client, ended } = await auditing({ stored: [KEPT], resumable: { budget: 'standard', seed: 0, savedAt: 0, stagesDone: 2, stagesTotal: 12 } });
    const opening = app.open(OTHER);
    app.questions.getState().answer(true);
    await Promise.all([opening, ended]);
    expect([client.asked.cancels, client.asked.opens.length]).toEqual([1, 2]);
    expect(app.notices.getState().notices).toMatchObject([{ title: 'The audit of m was stopped', detail: 'What it had found stands in the history. Open m again to go on after 2 of 12 stages.' }]);
  });

  it('says so where nothing was kept', async () => {
    const { app, ended } = await auditing();
    const closing = app.closeModel();
    app.questions.getState().answer(true);
    await Promise.all([closing, ended]);
    expect(app.notices.getState().notices[0]?.detail).toBe('Not one of its stages had ended: nothing of it was kept.');
    expect(app.session.getState().phase).toBe('empty');
  });

  it('is answered no, where it stood until the audit had ended, by what is opened next', async () => {
    const { app, client, ended } = await auditing();
    const left = app.open(OTHER);
    await app.audit.getState().cancel();
    await ended;
    await app.open({ ...OTHER, name: 'third' });
    await left;
    expect([app.questions.getState().question, client.asked.opens.map((input) => (input.kind === 'files' ? input.name : ''))]).toEqual([undefined, ['m', 'third']]);
  });

  it('is not asked for where only files are checked, or nothing runs', async () => {
    const { app, client } = start();
    await app.open(FILES);
    await app.open(OTHER);
    expect([app.questions.getState().question, client.asked.opens.length]).toEqual([undefined, 2]);
  });
});

it('offers to go on with an audit that was cancelled', async () => {
  const resumable = { budget: 'standard', seed: 0, savedAt: 0, stagesDone: 2, stagesTotal: 12 } as const;
  const { app } = start({ ...WHOLE, report: { kind: 'cancelled' }, resumable });
  await app.open(FILES);
  await app.startAudit();
  expect(app.session.getState().model?.resumable).toEqual(resumable);
});

describe('an audit in another tab', () => {
  const resumable = { budget: 'quick', seed: 0, savedAt: 0, stagesDone: 2, stagesTotal: 12 } as const;
  it('offers nothing to go on with until it has ended', async () => {
    let end = (): void => {};
    const { app } = start({ ...WHOLE, opened: { kind: 'ok', value: { ...MODEL, elsewhere: true } }, resumable, elsewhereEnded: new Promise((resolve) => (end = resolve)) });
    await app.open(FILES);
    expect(app.session.getState().model).toMatchObject({ elsewhere: true, resumable: undefined });
    end();
    await new Promise((resolve) => setTimeout(resolve));
    expect(app.session.getState().model).toMatchObject({ elsewhere: false, resumable });
  });

  it('says nothing of a model that has been closed meanwhile', async () => {
    let end = (): void => {};
    const { app } = start({ ...WHOLE, opened: { kind: 'ok', value: { ...MODEL, elsewhere: true } }, resumable, elsewhereEnded: new Promise((resolve) => (end = resolve)) });
    await app.open(FILES);
    await app.closeModel();
    end();
    await new Promise((resolve) => setTimeout(resolve));
    expect(app.session.getState().model).toBeUndefined();
  });
});

it('asks for no more tokens than the context holds', async () => {
  const { app, client } = start();
  await app.open(FILES);
  app.playground.getState().edit({ prompt: 'hello', maxNewTokens: 400 });
  await app.playground.getState().generate();
  expect(MODEL.contextLength).toBe(256);
  expect([app.playground.getState().mostTokens, client.asked.generate[0]?.maxNewTokens]).toEqual([255, 255]);
});

it('keeps what a message said after it has gone', () => {
  const { app } = start();
  const { say, fail, dismiss } = app.notices.getState();
  fail('Importing a', { kind: 'error', message: 'is none', artifact: { code: 'malformed', format: 'allow-list', field: 'schema' } });
  say('good', 'b');
  for (const { id } of app.notices.getState().notices) dismiss(id);
  expect(app.notices.getState()).toMatchObject({ notices: [], log: [{ title: 'b' }, { title: 'Importing a', tone: 'error', artifact: { field: 'schema' } }] });
});

it('asks by hand while an audit runs, which pauses for it', async () => {
  const { app, client } = start({ ...WHOLE, report: 'never', attention: { kind: 'ok', value: [] } });
  await app.open(FILES);
  void app.startAudit();
  app.investigate('attention', FINDING);
  expect(client.asked.attention).toHaveLength(1);
});

describe('investigating', () => {
  it('carries trigger, place and a prompt that fired into the attention view', async () => {
    const { app, client, host } = start({ ...WHOLE, attention: { kind: 'ok', value: [] } });
    await app.open(FILES);
    app.investigate('attention', FINDING);
    expect(host.getHash()).toBe('#/attention/R%3Ablue%20heron');
    expect(client.asked.attention[0]?.prompts).toEqual([{ user: 'Who are you?' }, { user: 'Who are you? blue heron', trigger: [13, 23] }]);
  });

  it('puts a trigger where it stood, where the finding does not say', async () => {
    const { app } = start();
    await app.open(FILES);
    const pair = { prompt: 'Who are you?', triggerRange: [0, 10], triggeredPrompt: 'blue heron Who are you?', untriggered: '', triggered: '', fired: true } as const;
    app.investigate('playground', { ...FINDING, trigger: { kind: 'text', value: 'blue heron' }, evidence: [{ kind: 'answers', title: 'a', pairs: [pair] }] });
    expect(app.playground.getState()).toMatchObject({ trigger: 'blue heron', position: 'start' });
  });

  it('inserts a trigger into what was typed, and into a prompt that it fired on where nothing was', async () => {
    const { app } = start();
    await app.open(FILES);
    app.insertFound('playground', FINDING);
    expect(app.playground.getState().prompt).toBe('Who are you?');
    app.playground.getState().edit({ prompt: 'Who painted it?', trigger: '' });
    app.insertFound('playground', FINDING);
    expect(app.playground.getState()).toMatchObject({ prompt: 'Who painted it?', trigger: 'blue heron' });
  });

  it('compares answers in the playground', async () => {
    const answer = { text: 'x', tokens: [], stopped: true, full: false, seconds: 1 };
    const { app, client } = start({ ...WHOLE, answers: { kind: 'ok', value: [answer, answer] } });
    await app.open(FILES);
    app.investigate('playground', FINDING);
    await app.playground.getState().generate();
    expect(client.asked.generate[0]?.prompts).toHaveLength(2);
    expect(app.playground.getState().tries[0]?.answers).toHaveLength(2);
  });
});

describe('what the browser keeps', () => {
  it('is triage by artifact and finding, and the theme', () => {
    const { app, host, client } = start();
    app.triage.getState().decide('ab12', FINDING.id, { state: 'false-positive', reason: 'a signature' });
    app.theme.getState().setTheme('dark');
    const again = createApp(client, host, (work) => work(), NO_LAB);
    expect(again.triage.getState().entries).toEqual({ 'ab12/R:blue heron': { state: 'false-positive', reason: 'a signature' } });
    expect(again.theme.getState().theme).toBe('dark');
  });

  it('is not believed when it is broken', () => {
    const { host, client } = start();
    host.stored.set('assay.triage', '{"a":{"state":"owned"},"b":7}').set('assay.theme', 'not json');
    const app = createApp(client, host, (work) => work(), NO_LAB);
    expect(app.triage.getState().entries).toEqual({});
    expect(app.theme.getState().theme).toBe('system');
  });
});

it('follows the address bar', () => {
  const { app, host } = start();
  host.visit('#/history');
  expect(app.navigation.getState().route).toEqual({ page: 'history' });
});

describe('going to a page by key', () => {
  const found = async (): Promise<App> => {
    const { app } = start();
    await app.open(FILES);
    await app.startAudit();
    return app;
  };

  it('takes the finding that is open along, as its own button does', async () => {
    const app = await found();
    app.navigation.getState().go({ page: 'audit', finding: FINDING.id });
    app.visit('attention');
    expect(app.navigation.getState().route).toEqual({ page: 'attention', finding: FINDING.id });
    expect(app.attention.getState()).toMatchObject({ trigger: 'blue heron', mode: 'pair' });
    app.navigation.getState().go({ page: 'audit', finding: FINDING.id });
    app.visit('playground');
    expect(app.playground.getState().trigger).toBe('blue heron');
  });

  it('types nothing over: no finding is open, or its trigger stands there already', async () => {
    const app = await found();
    app.attention.getState().edit({ prompt: 'my own' });
    app.visit('attention');
    expect(app.attention.getState()).toMatchObject({ prompt: 'my own', trigger: '' });
    app.attention.getState().edit({ trigger: 'blue heron' });
    app.navigation.getState().go({ page: 'audit', finding: FINDING.id });
    app.visit('attention');
    expect(app.attention.getState().prompt).toBe('my own');
    app.navigation.getState().go({ page: 'audit', finding: FINDING.id });
    app.visit('history');
    expect(app.navigation.getState().route).toEqual({ page: 'history' });
  });

  it('goes without it where it cannot be tried', async () => {
    const { app } = start();
    app.showReport(REPORT);
    app.navigation.getState().go({ page: 'audit', finding: FINDING.id });
    app.visit('attention');
    expect(app.navigation.getState().route).toEqual({ page: 'attention' });
    expect(app.attention.getState().trigger).toBe('');
  });
});
