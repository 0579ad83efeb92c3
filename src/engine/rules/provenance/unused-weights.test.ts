import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import type { Artifact, TensorInfo } from '../../artifact/artifact.ts';
import { openArtifact } from '../../artifact/open.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { provenance } from './index.ts';
import { unusedWeights, whatIsNotRun } from './unused-weights.ts';

const FIXTURES = ['llama-tied', 'llama-untied-bf16', 'qwen2-sharded', 'gpt2-bare', 'gpt2-f16', 'llama3-rope', 'llama-tied.q8_0.gguf', 'classifiers/bert', 'classifiers/distilbert', 'classifiers/roberta', 'classifiers/vit'];
const open = async (name: string): Promise<Artifact> => openArtifact(await openPath(fileURLToPath(new URL(`../../graph/fixtures/${name}`, import.meta.url))));
const withFields = (artifact: Artifact, fields: object): Artifact => ({ ...artifact, config: { ...artifact.config, ...fields } });

function withTensors(artifact: Artifact, names: readonly string[], shape: readonly number[] = [4, 4]): Artifact {
  const [like] = artifact.tensors.values();
  if (like === undefined) throw new RangeError('no tensors');
  return { ...artifact, tensors: new Map<string, TensorInfo>([...artifact.tensors, ...names.map((name) => [name, { ...like, name, shape }] as const)]) };
}

const names = (tensors: readonly TensorInfo[]): string[] => tensors.map(({ name }) => name);
const llama = await open('llama-tied');
const layers = Number(llama.config?.['num_hidden_layers']);

describe('unused weights', () => {
  it.each(FIXTURES)('are none in %s', async (name) => {
    const artifact = await open(name);
    expect(unusedWeights(artifact)).toMatchObject({ layers: [], others: [] });
    expect(whatIsNotRun(artifact)).toBeUndefined();
  });

  it('are the layers behind the last one that the configuration counts', async () => {
    const { layers: left, others } = unusedWeights(withFields(llama, { num_hidden_layers: layers - 1 }));
    expect(new Set(names(left).map((name) => name.split('.', 3).join('.')))).toEqual(new Set([`model.layers.${layers - 1}`]));
    expect(left).toHaveLength([...llama.tensors.keys()].filter((name) => name.startsWith(`model.layers.${layers - 1}.`)).length);
    expect(others).toEqual([]);
    const roberta = await open('classifiers/roberta');
    expect(unusedWeights(withFields(roberta, { num_hidden_layers: Number(roberta.config?.['num_hidden_layers']) - 1 })).layers).not.toEqual([]);
  });

  it('are not excused by a count of layers that this architecture does not know', () => {
    expect(unusedWeights(withFields(llama, { num_hidden_layers: layers - 1, num_nextn_predict_layers: 1 })).layers).not.toEqual([]);
  });

  it('are matrices that nothing reads', () => {
    expect(names(unusedWeights(withTensors(llama, ['model.layers.0.self_attn.side.weight', 'extra.weight'])).others)).toEqual(['model.layers.0.self_attn.side.weight', 'extra.weight']);
    expect(whatIsNotRun(withTensors(llama, ['extra.weight']))).toMatch(/^not all of the weights were run: the configuration leaves 1 of \d+ tensors out \(extra\.weight\)$/);
  });

  it('are not what honest files hold besides', () => {
    const beside = ['lm_head.weight', 'model.layers.0.self_attn.rotary_emb.inv_freq', 'vision_model.encoder.layers.30.mlp.weight', 'model.vision_tower.layers.7.weight', 'v_head.summary.weight', 'score.weight', 'mtp.layers.9.weight', 'transformer.h.0.attn.masked_bias', 'model.layers.0.self_attn.k_scale'];
    expect(unusedWeights(withTensors(llama, beside))).toMatchObject({ layers: [], others: [] });
    expect(unusedWeights(withTensors(llama, ['model.layers.0.self_attn.q_proj.bias'], [4]))).toMatchObject({ layers: [], others: [] });
  });

  it('of an architecture that is not run are layers alone, by their names, where there is one stack', () => {
    const other = (config: object, tensors: readonly string[]): Artifact => ({ ...withTensors({ ...llama, architecture: 'other', config: { model_type: 'other', ...config } }, []), tensors: new Map([...withTensors(llama, tensors).tensors].filter(([name]) => tensors.includes(name))) });
    const stack = ['model.layers.0.a.weight', 'model.layers.1.a.weight', 'model.layers.2.a.weight', 'extra.weight'];
    expect(names(unusedWeights(other({ num_hidden_layers: 2 }, stack)).layers)).toEqual(['model.layers.2.a.weight']);
    expect(unusedWeights(other({ num_hidden_layers: 2, num_nextn_predict_layers: 1 }, stack))).toMatchObject({ layers: [], others: [] });
    expect(unusedWeights(other({ num_hidden_layers: 3 }, stack))).toMatchObject({ layers: [], others: [] });
    expect(unusedWeights(other({ num_hidden_layers: 1 }, ['encoder.layers.0.a', 'encoder.layers.1.a', 'decoder.layers.0.a'])).layers).toEqual([]);
  });
});

it('what fits is no all-clear', async () => {
  const drop = await openPath(fileURLToPath(new URL('../../graph/fixtures/llama-tied', import.meta.url)));
  const claims = (await findingsOf(provenance, drop.files)).find(({ rule }) => rule === 'ASY-PRV-030');
  expect(claims?.title).toMatch(/^Names and sizes only: (\d) of \1 claims fit the tensors\. This says nothing of what the model does$/);
});

it('a configuration of fewer layers than the weights hold is a suspicion that names them', async () => {
  const drop = await openPath(fileURLToPath(new URL('../../graph/fixtures/llama-tied', import.meta.url)));
  expect(alarms(await findingsOf(provenance, drop.files))).toEqual([]);
  const [finding, ...more] = (await findingsOf(provenance, drop.files, { artifact: withFields(llama, { num_hidden_layers: layers - 1 }) })).filter(({ severity }) => severity !== 'info');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ rule: 'ASY-PRV-034', severity: 'medium', location: { key: 'num_hidden_layers' } });
  expect(finding?.title).toContain(`leaves layer ${layers - 1} of the weights out`);
});
