// The sample models that are served beside the page: their index, checked, and their files as the browser's Files.
import type { DroppedFile, OpenProgress, Sample } from './protocol.ts';

const TASKS: ReadonlySet<string> = new Set(['causal-lm', 'text-classification', 'image-classification', 'encoder', 'tabular', 'other']);

export async function fetchSampleIndex(baseUrl: string): Promise<Sample[]> {
  const response = await fetch(new URL('samples/index.json', baseUrl));
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`samples/index.json: the host answered ${response.status}`);
  const index: unknown = await response.json();
  if (!Array.isArray(index)) throw new Error('samples/index.json is not a list');
  return index.filter(isSample);
}

function isSample(value: unknown): value is Sample {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, description, task, files } = value as Record<string, unknown>;
  const texts = [id, title, description].every((text) => typeof text === 'string');
  return texts && typeof task === 'string' && TASKS.has(task) && Array.isArray(files) && files.every((file) => typeof file === 'string');
}

export async function fetchSample(baseUrl: string, sample: Sample, signal: AbortSignal, onProgress: (progress: OpenProgress) => void): Promise<DroppedFile[]> {
  const folder = new URL(`samples/${encodeURIComponent(sample.id)}/`, baseUrl);
  let done = 0;
  const fetched: DroppedFile[] = [];
  for (const path of sample.files) {
    const response = await fetch(new URL(path, folder), { signal });
    if (!response.ok || response.body === null) throw new Error(`${path} of ${sample.id}: the host answered ${response.status}`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      done += read.value.length;
      onProgress({ step: 'fetch', done, total: 0, unit: 'bytes' });
    }
    fetched.push({ path, file: new File(parts, path) });
  }
  onProgress({ step: 'fetch', done, total: done, unit: 'bytes' });
  return fetched;
}
