// Opens an artifact as a causal language model on a runtime: builds its graphs over the weights where they are, or takes
// the graph it comes with.
import type { Artifact } from '../artifact/artifact.ts';
import { NEVER, type CancelSignal } from '../core/cancel.ts';
import { buildCausalGraphs } from '../graph/causal-graphs.ts';
import { BatchedCausalLm } from './batched-causal-lm.ts';
import { BuiltDecoder } from './built-decoder.ts';
import type { CausalLm } from './causal-lm.ts';
import { modelDefaults } from './model-defaults.ts';
import type { Runtime } from './session.ts';

export async function openCausalLm(artifact: Artifact, runtime: Runtime, signal: CancelSignal = NEVER): Promise<CausalLm> {
  const defaults = modelDefaults(artifact);
  const graphs = await buildCausalGraphs(artifact, runtime, signal);
  return new BatchedCausalLm(new BuiltDecoder(graphs, runtime, await runtime.createSession(graphs.fast)), defaults);
}
