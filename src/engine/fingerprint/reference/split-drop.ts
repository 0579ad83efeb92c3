// Which models a folder holds: every ONNX file is one (with what lies beside it that may be its external data), every folder with
// safetensors and a config.json another. All else is left aside and said so.
import type { ByteSource, Drop } from '../../core/byte-source.ts';

export interface SplitDrop {
  readonly models: readonly Drop[];
  /** Files that belong to no model. */
  readonly leftAside: readonly ByteSource[];
  /** Names of models beyond MOST_MODELS. */
  readonly tooMany: readonly string[];
}

/** More models than a lab compares at once. */
export const MOST_MODELS = 2000;

export function splitDrop({ name, files }: Drop): SplitDrop {
  const onnx = files.filter(({ path }) => path.toLowerCase().endsWith('.onnx'));
  const folders = new Set(files.filter(({ path }) => baseOf(path) === 'config.json').map(({ path }) => folderOf(path)));
  const bundles = [...folders].map((folder) => ({ folder, inside: files.filter(({ path }) => folderOf(path) === folder) })).filter(({ inside }) => inside.some(({ path }) => path.endsWith('.safetensors')));
  const bundled = new Set(bundles.flatMap(({ inside }) => inside));
  const single = onnx.filter((file) => !bundled.has(file));
  const beside = (file: ByteSource): readonly ByteSource[] => files.filter((other) => other === file || (folderOf(other.path) === folderOf(file.path) && isData(other.path)));
  const models: Drop[] = [
    ...single.map((file) => ({ name: file.path.replace(/\.onnx$/i, ''), files: beside(file) })),
    ...bundles.map(({ folder, inside }) => ({ name: folder === '' ? name : folder, files: inside })),
  ];
  models.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const used = new Set(models.flatMap((model) => model.files));
  return { models: models.slice(0, MOST_MODELS), leftAside: files.filter((file) => !used.has(file)), tooMany: models.slice(MOST_MODELS).map((model) => model.name) };
}

function isData(path: string): boolean {
  return /\.(data|bin|onnx_data|weights)$/i.test(path);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
