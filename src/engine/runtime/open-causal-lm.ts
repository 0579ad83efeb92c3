// Opens an artifact as a causal language model on a runtime: builds its graphs over the weights where they are, or takes
// the graph it comes with.
import type { Artifact } from '../artifact/artifact.ts';
import { NEVER, type CancelSignal } from '../core/cancel.ts';
import { buildCausalGraphs } from '../graph/causal-graphs.ts';
import { readGivenDecoder } from '../graph/given-decoder.ts';
import { buildLogitsHead } from '../graph/logits-head.ts';
import { BatchedCausalLm } from './batched-causal-lm.ts';
import { BuiltDecoder } from './built-decoder.ts';
import type { CausalLm } from './causal-lm.ts';
import type { Decoder } from './decoder.ts';
import { modelDefaults } from './model-defaults.ts';
import { OnnxDecoder } from './onnx-decoder.ts';
import type { Runtime } from './session.ts';

export async function openCausalLm(artifact: Artifact, runtime: Runtime, signal: CancelSignal = NEVER): Promise<CausalLm> {
  const defaults = modelDefaults(artifact);
  const decoder = artifact.kind === 'onnx' ? await openGiven(artifact, runtime) : await openBuilt(artifact, runtime, signal);
  return new BatchedCausalLm(decoder, defaults);
}

async function openBuilt(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<Decoder> {
  const graphs = await buildCausalGraphs(artifact, runtime, signal);
  return new BuiltDecoder(graphs, runtime, await runtime.createSession(graphs.fast));
}

async function openGiven(artifact: Artifact, runtime: Runtime): Promise<Decoder> {
  const given = await readGivenDecoder(artifact);
  const bytes = await given.file.slice(0, given.file.size);
  const session = await runtime.createSession({ name: given.file.path, bytes, external: given.external });
  return new OnnxDecoder(given, runtime, session, await runtime.createSession(buildLogitsHead(given.vocabulary, given.logits)));
}
