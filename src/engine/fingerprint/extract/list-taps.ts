// The tensors of a model that can be tapped, with their shapes (measured by running one input), in graph order.
import type { Artifact } from '../../artifact/artifact.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { withOutputs } from '../../graph/softmax-taps.ts';
import type { Runtime } from '../../runtime/session.ts';
import { openSubject } from './subject.ts';
import { defaultTaps, tapCandidates } from './taps.ts';

export interface Tap {
  readonly tensor: string;
  readonly operator: string;
  /** Of one input. */
  readonly dims: readonly number[];
  /** Taken where none is named. */
  readonly byDefault: boolean;
}

export async function listTaps(artifact: Artifact, runtime: Runtime, signal: CancelSignal): Promise<readonly Tap[]> {
  const subject = await openSubject(artifact, runtime, signal);
  try {
    const candidates = tapCandidates(subject.info);
    const names = candidates.map(({ tensor }) => tensor);
    const session = await runtime.createSession({ name: subject.file.name, bytes: withOutputs(subject.file.bytes, names), external: subject.file.external });
    try {
      const size = subject.shape.reduce((product, dim) => product * dim, 1);
      const { host } = await session.run(subject.feeds(new Float32Array(size), 1), names);
      const chosen = new Set(defaultTaps(subject.info));
      return candidates.map(({ tensor, operator }) => ({ tensor, operator, dims: host[tensor]?.dims.slice(1) ?? [], byDefault: chosen.has(tensor) }));
    } finally {
      await session.dispose();
    }
  } finally {
    await subject.dispose();
  }
}
