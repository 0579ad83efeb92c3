import { expect, it } from 'vitest';
import { createAttention, isStale, promptsOf } from './attention.ts';
import type { AttentionView } from './client.ts';
import { scriptedClient } from './testing/scripted-client.ts';

const VIEW: AttentionView = { tokens: [], layers: 3, heads: 2, maps: [], answer: { text: '', tokens: 0, ended: true, mapped: 0 }, seconds: 1 };

it('asks for one prompt or two', () => {
  const form = { mode: 'pair', prompt: 'a b', system: '', trigger: 'T', position: 'start', answerTokens: 1 } as const;
  expect(promptsOf(form)).toEqual([{ user: 'a b' }, { user: 'T a b', trigger: [0, 1] }]);
  expect(promptsOf({ ...form, mode: 'one' })).toEqual([{ user: 'T a b', trigger: [0, 1] }]);
  expect(promptsOf({ ...form, trigger: '', system: 's' })).toEqual([{ user: 'a b', system: 's' }]);
});

it('steps through layers and heads in a circle, from the mean to the first or the last', async () => {
  const store = createAttention(scriptedClient({ attention: { kind: 'ok', value: [VIEW, VIEW] } }));
  await store.getState().compute();
  const { stepLayer, stepHead, pick } = store.getState();
  stepLayer(1);
  stepHead(-1);
  expect(store.getState()).toMatchObject({ status: 'ready', layer: 0, head: 1 });
  stepLayer(-1);
  expect(store.getState().layer).toBe(2);
  pick('mean', 'mean');
  expect(store.getState()).toMatchObject({ layer: 'mean', head: 'mean' });
});

it('locks, unlocks the same cell, and releases', () => {
  const store = createAttention(scriptedClient({}));
  const cell = { view: 0, query: 2, key: 1 };
  store.getState().toggleLock(cell);
  expect(store.getState().locked).toEqual(cell);
  store.getState().toggleLock({ ...cell });
  expect(store.getState().locked).toBeUndefined();
  store.getState().toggleLock(cell);
  store.getState().release();
  expect(store.getState().locked).toBeUndefined();
});

it('shows no earlier views under a failure, and says when what is shown is of another prompt', async () => {
  const script: { attention: { kind: 'ok'; value: AttentionView[] } | { kind: 'error'; message: string } } = { attention: { kind: 'ok', value: [VIEW] } };
  const store = createAttention(scriptedClient(script));
  await store.getState().compute();
  expect(isStale(store.getState())).toBe(false);
  store.getState().edit({ prompt: 'another' });
  expect(isStale(store.getState())).toBe(true);
  script.attention = { kind: 'error', message: 'too long' };
  await store.getState().compute();
  expect(store.getState()).toMatchObject({ status: 'idle', views: [], failure: { message: 'too long' } });
  store.getState().edit({ prompt: 'shorter' });
  expect(store.getState().failure).toBeUndefined();
});
