// A real model: greedy answers of SmolLM2-135M-Instruct equal transformers'. Skipped unless ASSAY_SMOLLM2 names its
// Hugging Face folder or GGUF file (several, separated by ':'); the reference is graph/fixtures/smollm2-greedy.json.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openPath } from '../../adapters/node-files.ts';
import { openArtifact } from '../artifact/open.ts';
import { GREEDY } from './causal-lm.ts';
import { openCausalLm } from './open-causal-lm.ts';

interface Reference {
  readonly maxNewTokens: number;
  readonly rows: readonly { readonly prompt: string; readonly promptIds: readonly number[]; readonly outputIds: readonly number[] }[];
}

const paths = (process.env['ASSAY_SMOLLM2'] ?? '').split(':').filter((path) => path !== '');
const reference = JSON.parse(readFileSync(new URL('../graph/fixtures/smollm2-greedy.json', import.meta.url), 'utf8')) as Reference;

describe.skipIf(paths.length === 0)('SmolLM2-135M-Instruct', () => {
  it.each(paths)('answers as transformers does: %s', { timeout: 300_000 }, async (path) => {
    const model = await openCausalLm(await openArtifact(await openPath(path)), await openNodeRuntime());
    try {
      const prefix = await model.prefill([]);
      const prompts = reference.rows.map((row) => row.promptIds);
      const answers = await model.generate(prefix, prompts, { maxNewTokens: reference.maxNewTokens, sampling: GREEDY });
      expect(answers.map(({ ids }) => ids)).toEqual(reference.rows.map((row) => row.outputIds));
    } finally {
      await model.dispose();
    }
  });
});
