// The files that an input stands for: as given, of a sample, or of what was open before the page was left.
import type { Storage } from '../adapters/storage.ts';
import { filesOfHandles } from './remember.ts';
import { fetchSample, fetchSampleIndex } from './samples.ts';
import type { DroppedFile, OpenInput, OpenProgress } from './protocol.ts';

export async function filesOfInput(input: OpenInput, baseUrl: string, storage: Storage | undefined, signal: AbortSignal, onProgress: (progress: OpenProgress) => void): Promise<{ readonly name: string; readonly files: readonly DroppedFile[] }> {
  if (input.kind === 'files') return input;
  if (input.kind === 'sample') return { name: input.sample.id, files: await fetchSample(baseUrl, input.sample, signal, onProgress) };
  const drop = await storage?.rememberedDrop();
  if (drop === undefined) throw new Error(`${input.name} can no longer be opened from here: drop it again`);
  if (drop.kind === 'copies') return drop;
  if (drop.kind === 'handles') return { name: drop.name, files: await filesOfHandles(drop.handles) };
  const sample = (await fetchSampleIndex(baseUrl)).find(({ id }) => id === drop.sampleId);
  if (sample === undefined) throw new Error(`the sample ${drop.sampleId} is not served here any more`);
  return { name: sample.id, files: await fetchSample(baseUrl, sample, signal, onProgress) };
}
