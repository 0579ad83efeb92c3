import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { openArtifact } from '../../artifact/open.ts';
import { findingsOf } from '../testing/findings-of.ts';
import { provenance } from './index.ts';
import { unfitWeights } from './unfit-weights.ts';

const open = async (name: string): Promise<Artifact> => openArtifact(await openPath(fileURLToPath(new URL(`../../graph/fixtures/${name}`, import.meta.url))));
const withFields = (artifact: Artifact, fields: object): Artifact => ({ ...artifact, config: { ...artifact.config, ...fields } });

it.each(['llama-tied', 'llama-untied-bf16', 'qwen2-sharded', 'gpt2-bare', 'gpt2-f16', 'llama3-rope', 'llama-tied.q8_0.gguf', 'classifiers/bert', 'classifiers/distilbert', 'classifiers/roberta', 'classifiers/vit'])('are none in %s', async (name) => {
  expect(unfitWeights(await open(name))).toBeUndefined();
});

it('are told with what is missing, or has another shape', async () => {
  const llama = await open('llama-tied');
  const layers = Number(llama.config?.['num_hidden_layers']);
  expect(unfitWeights(withFields(llama, { num_hidden_layers: layers + 1 }))).toMatchObject({ code: 'missing-tensor', field: expect.stringContaining(`layers.${layers}.`), actual: 'nothing' });
  expect(unfitWeights(withFields(llama, { intermediate_size: 40 }))).toMatchObject({ code: 'shape-mismatch' });
  const findings = await findingsOf(provenance, llama.files.map(({ source }) => source), { artifact: withFields(llama, { num_hidden_layers: layers + 1 }) });
  expect(findings.filter(({ rule }) => rule === 'ASY-PRV-035')).toMatchObject([{ severity: 'low', title: expect.stringMatching(/^model\.layers\.\d+\..*: expected a tensor of shape \[.*\], found nothing$/) }]);
});

it('are not told of what is explained otherwise', async () => {
  const llama = withFields(await open('llama-tied'), { num_hidden_layers: 99 });
  expect(unfitWeights(withFields(llama, { quantization_config: { quant_method: 'gptq' } }))).toBeUndefined();
  expect(unfitWeights(withFields(llama, { architectures: ['LlamaModel'] }))).toBeUndefined();
  expect(unfitWeights({ ...llama, problems: [{ code: 'missing-file', format: 'json', file: 'model.safetensors.index.json' }] })).toBeUndefined();
});
