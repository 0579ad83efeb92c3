import { expect, it } from 'vitest';
import { createPace, expectedTime } from './pace.ts';
import { memoryHost } from './testing/scripted-client.ts';

it('says a wide range at first, and a narrower one once an audit has ended here', () => {
  const unknown = expectedTime(100);
  expect(unknown.high / unknown.low).toBeLessThan(2.6);
  const host = memoryHost();
  createPace(host).getState().learn('wasm', 480, 120);
  const { ratios } = createPace(host).getState();
  const { low, high } = expectedTime(480, ratios['wasm']);
  expect([Math.round(low), Math.round(high)]).toEqual([78, 198]);
  expect(expectedTime(480, ratios['webgpu'])).toEqual(expectedTime(480));
});

it('takes nothing from storage that it did not write, and learns nothing from nothing', () => {
  const host = memoryHost();
  host.storage.setItem('assay.pace/2', '{"wasm":["x"],"webgpu":[0.5]}');
  const pace = createPace(host);
  pace.getState().learn('webgpu', 0, 5);
  expect(pace.getState().ratios).toEqual({ webgpu: [0.5] });
});
