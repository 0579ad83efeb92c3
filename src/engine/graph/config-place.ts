// Where a field of a model's configuration stands, so that what is wrong with it can be mended there: config.json, or a GGUF
// file's metadata under its own key.
import type { Artifact } from '../artifact/artifact.ts';
import { ggufKeyOf } from '../artifact/gguf/config.ts';
import { baseName, directoryOf } from '../artifact/formats/reader.ts';
import { ConfigReader, type ConfigPlace } from './config-reader.ts';

export function configPlace({ kind, name, files, tensors, architecture }: Artifact): ConfigPlace {
  if (kind === 'gguf') {
    const file = files.find(({ format }) => format === 'gguf')?.source.path ?? name;
    return { file: `${file} (GGUF metadata)`, nameOf: (field) => ggufKeyOf(architecture ?? 'unknown', field) ?? field };
  }
  // The one beside the weights, where a drop holds several.
  const paths = files.map(({ source }) => source.path).filter((path) => baseName(path) === 'config.json');
  const [weights] = tensors.values();
  const beside = weights === undefined ? undefined : paths.find((path) => directoryOf(path) === directoryOf(weights.source.path));
  return { file: beside ?? paths[0] ?? 'config.json', nameOf: (field) => field };
}

export function configReaderOf(artifact: Artifact, config: Readonly<Record<string, unknown>>): ConfigReader {
  return new ConfigReader(config, configPlace(artifact));
}
