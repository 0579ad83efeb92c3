import { expect, test } from 'vitest';
import type { Frame } from '../../../artifact/frame.ts';
import type { RunnableCausalLm } from '../../../audit/analysis.ts';
import { NEVER } from '../../../core/cancel.ts';
import { sampleUserTurns } from './leaks.ts';

const END = 9;

/** What it was asked to go on from, as [prefix, rows]. */
function speaker(bosId: number | undefined, asked: unknown[]): RunnableCausalLm {
  return {
    tokenizer: { bosId, specialIds: new Set([END]) },
    model: {
      prefill: async (ids: readonly number[]) => ({ ids, dispose: () => undefined }),
      generate: async ({ ids }: { readonly ids: readonly number[] }, rows: readonly (readonly number[])[]) => {
        asked.push([ids, rows]);
        return rows.map(() => ({ ids: [1, 2, END], entropy: [] }));
      },
    },
  } as unknown as RunnableCausalLm;
}

const options = { seed: 0, signal: NEVER, onTokens: () => undefined };

test('user turns begin behind the template, or where a text begins, or nowhere', async () => {
  const asked: unknown[] = [];
  expect(await sampleUserTurns(speaker(7, asked), { startIds: [3, 4] } as unknown as Frame, 2, 8, options)).toEqual([[1, 2], [1, 2]]);
  await sampleUserTurns(speaker(7, asked), { startIds: [] } as unknown as Frame, 1, 8, options);
  expect(await sampleUserTurns(speaker(undefined, asked), { startIds: [] } as unknown as Frame, 1, 8, options)).toEqual([]);
  expect(asked).toEqual([[[3], [[4], [4]]], [[], [[7]]]]);
});
