// transformers.js on the shapes of ../shapes.ts, in a worker as Assay runs. It has no shared prefix: every row carries it.
import { AutoModelForCausalLM, Tensor, env } from '/transformers-js/node_modules/@huggingface/transformers/dist/transformers.min.js';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/';
env.backends.onnx.wasm.wasmPaths = '/transformers-js/node_modules/onnxruntime-web/dist/';
env.backends.onnx.wasm.numThreads = navigator.hardwareConcurrency;

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await measure(data));
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};

async function measure({ shapes, prefixTokens, repeat }) {
  const opened = performance.now();
  const model = await AutoModelForCausalLM.from_pretrained('onnx-model', { dtype: 'fp32', device: 'wasm' });
  const openSeconds = (performance.now() - opened) / 1000;
  const tokensPerSecond = {};
  for (const shape of shapes) {
    if (shape.kind === 'sweep') continue;
    let best = 0;
    for (let i = 0; i < repeat; i++) best = Math.max(best, await rate(model, shape, prefixTokens));
    tokensPerSecond[shape.name] = Math.round(best * 10) / 10;
  }
  return { runtime: 'transformers.js 4.3.1', threads: env.backends.onnx.wasm.numThreads, openSeconds, tokensPerSecond };
}

async function rate(model, { kind, rows, tokens }, prefixTokens) {
  const draw = () => Math.floor(Math.random() * model.config.vocab_size);
  const prefix = Array.from({ length: prefixTokens }, draw);
  const ids = Array.from({ length: rows }, () => [...prefix, draw()]).flat();
  const dims = [rows, prefixTokens + 1];
  const inputs = new Tensor('int64', BigInt64Array.from(ids, BigInt), dims);
  const attention_mask = new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims);
  const started = performance.now();
  await model.generate({ inputs, attention_mask, max_new_tokens: tokens, min_new_tokens: tokens, do_sample: kind === 'leak', ...(kind === 'leak' ? { top_k: 0, temperature: 1 } : {}) });
  return (rows * tokens * 1000) / (performance.now() - started);
}
