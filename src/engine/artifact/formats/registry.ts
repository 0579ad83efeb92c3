// The formats Assay knows, asked one after another; every match is kept. A new format is one inspector and one line here.
import type { ByteSource } from '../../core/byte-source.ts';
import type { ArtifactFile } from '../artifact.ts';
import { bzip2Inspector, gzipInspector, lz4Inspector, lzmaInspector, xzInspector, zlibInspector, zstdInspector } from '../containers/compressed-inspector.ts';
import { rarInspector } from '../containers/rar-inspector.ts';
import { sevenZipInspector } from '../containers/sevenzip-inspector.ts';
import { tarInspector } from '../containers/tar-inspector.ts';
import { zfileInspector } from '../containers/zfile-inspector.ts';
import { zipInspector } from '../containers/zip-inspector.ts';
import { ggufInspector } from '../gguf/gguf-inspector.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { hdf5Inspector } from '../keras/hdf5-inspector.ts';
import { matchLongPickle } from '../pickle/match-pickle.ts';
import { pickleInspector } from '../pickle/pickle-inspector.ts';
import { tensorflowInspector } from '../tensorflow/saved-model-inspector.ts';
import { tfliteInspector } from '../tensorflow/tflite-inspector.ts';
import { jinjaInspector } from './jinja-inspector.ts';
import { jsonInspector } from './json-inspector.ts';
import { onnxInspector } from './onnx-inspector.ts';
import { mediaInspector, programInspector, sealedInspector } from './program-inspector.ts';
import { npyInspector } from './npy-inspector.ts';
import { PROBE_BYTES } from './reader.ts';
import { rInspector } from './r-inspector.ts';
import { safetensorsInspector } from './safetensors-inspector.ts';
import { textInspector } from './text-inspector.ts';
import { ubjsonInspector } from './ubjson-inspector.ts';

/** In order of precedence where two are equally sure. Plain text stands last: it takes what nobody else knows. */
export const INSPECTORS: readonly Inspector<unknown>[] = [ggufInspector, safetensorsInspector, zipInspector, sevenZipInspector, rarInspector, zfileInspector, tarInspector, gzipInspector, bzip2Inspector, xzInspector, zstdInspector, lz4Inspector, npyInspector, hdf5Inspector, tfliteInspector, rInspector, sealedInspector, programInspector, pickleInspector, zlibInspector, lzmaInspector, mediaInspector, onnxInspector, tensorflowInspector, ubjsonInspector, jsonInspector, jinjaInspector, textInspector];

const RANK = { certain: 0, likely: 1, name: 2 } as const;

/** What a file is, by content first and name second; 'unknown' where nothing matches. */
export async function recognise(source: ByteSource): Promise<ArtifactFile> {
  const head = await source.slice(0, Math.min(PROBE_BYTES, source.size));
  const tail = source.size <= PROBE_BYTES ? head : await source.slice(Math.max(0, source.size - PROBE_BYTES), source.size);
  const matches = INSPECTORS.map(({ match }) => match({ source, head, tail })).filter((match) => match !== undefined);
  const long = matches.some(({ sure }) => sure !== 'name') ? undefined : await matchLongPickle({ source, head, tail });
  if (long !== undefined) matches.push(long);
  matches.sort((a, b) => RANK[a.sure] - RANK[b.sure]);
  return { source, format: matches[0]?.format ?? 'unknown', matches };
}
