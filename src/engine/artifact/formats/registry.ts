// The formats Assay knows, asked one after another; every match is kept. A new format is one reader and one line here.
import type { ByteSource } from '../../core/byte-source.ts';
import type { ArtifactFile, FormatMatch } from '../artifact.ts';
import { ggufReader } from '../gguf/gguf.ts';
import { jinjaReader } from './jinja-file.ts';
import { jsonReader } from './json-file.ts';
import { matchOnnx } from './onnx-file.ts';
import { PROBE_BYTES, type Probe } from './reader.ts';
import { safetensorsReader } from './safetensors.ts';

const MATCHERS: readonly ((probe: Probe) => FormatMatch | undefined)[] = [ggufReader.match, safetensorsReader.match, matchOnnx, jsonReader.match, jinjaReader.match];

const RANK = { certain: 0, likely: 1, name: 2 } as const;

/** What a file is, by content first and name second; 'unknown' where nothing matches. */
export async function recognise(source: ByteSource): Promise<ArtifactFile> {
  const head = await source.slice(0, Math.min(PROBE_BYTES, source.size));
  const matches = MATCHERS.map((match) => match({ source, head })).filter((match) => match !== undefined);
  matches.sort((a, b) => RANK[a.sure] - RANK[b.sure]);
  return { source, format: matches[0]?.format ?? 'unknown', matches };
}
