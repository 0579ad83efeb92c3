import { expect, it } from 'vitest';
import type { RunnableCausalLm } from '../../audit/analysis.ts';
import { NEVER } from '../../core/cancel.ts';
import type { CausalLm, GenerateOptions } from '../../runtime/causal-lm.ts';
import { extractLeaks } from './leaks.ts';
import { toyTokenizer } from './testing/toy-tokenizer.ts';

it('gives back what prefixes hold, also where the work breaks off', async () => {
  const open = new Set<object>();
  const vocabularySize = 16;
  const model = {
    vocabularySize,
    prefill: async (ids: readonly number[]) => {
      const prefix = { ids, dispose: () => void open.delete(prefix) };
      open.add(prefix);
      return prefix;
    },
    next: async () => ({ logits: new Float32Array(vocabularySize) }),
    sweep: async (_: object, rows: readonly unknown[]) => ({ entropy: new Float32Array(rows.length) }),
    // Samples come; the continuation of a random start breaks off.
    generate: async (_: object, rows: readonly unknown[], { sampling }: GenerateOptions) => {
      if ('temperature' in sampling) throw new Error('cancelled');
      return rows.map(() => ({ ids: [3], entropy: [0], stopped: false }));
    },
  };
  const runnable: RunnableCausalLm = { task: 'causal-lm', model: model as unknown as CausalLm, tokenizer: toyTokenizer(['<s>']), template: { origin: 'test', render: (messages) => `<s> ${messages.map(({ content }) => content).join(' ')} </s>` } };
  await expect(extractLeaks(runnable, { plan: { samples: 10, tokens: 2 }, seed: 1, signal: NEVER, onTokens: () => {} })).rejects.toThrow('cancelled');
  expect(open.size).toBe(0);
});
