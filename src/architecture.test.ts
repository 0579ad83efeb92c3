// Holds the lines that the compiler does not: which folder may import which, and how long a file may grow.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = import.meta.dirname;
const MAX_LINES = 400;

/** Folder -> the folders it may import, itself included. Composition roots are listed apart. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: ['engine'],
  adapters: ['adapters', 'engine'],
  workers: ['workers', 'engine'],
  state: ['state', 'workers', 'engine'],
  charts: ['charts', 'engine'],
  ui: ['ui', 'charts', 'state', 'engine'],
  cli: ['cli', 'adapters', 'engine'],
  'service-worker': ['service-worker'],
};
/** Where parts are put together: these may import adapters as well. */
const COMPOSITION_ROOTS = new Set(['main.tsx', 'workers/model-worker.ts', 'workers/files-worker.ts', 'workers/hash-worker.ts', 'workers/fingerprint-worker.ts', 'workers/monitor-worker.ts']);
/** What is passed in must have a type: `import type` of these binds nothing at run time. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = { workers: ['adapters'] };
/** Libraries that only the named folders may import. */
const RESERVED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-web': ['adapters'],
  'onnxruntime-node': ['adapters'],
  'onnxruntime-common': ['adapters'],
  comlink: ['workers'],
  react: ['ui', 'charts'],
  'react-dom': ['ui'],
  zustand: ['state', 'ui'],
  idb: ['adapters'],
};
/** All that the engine may import from outside: pure computation. */
const ENGINE_PACKAGES = new Set(['@huggingface/jinja', '@huggingface/tokenizers', 'apache-arrow', 'fast-png', 'fflate', 'fzstd', 'hash-wasm', 'hyparquet', 'hyparquet-compressors', 'jpeg-js', 'jsonc-parser', 'umap-js', 'yaml']);

/** Folders of the language scan, the lowest first: none imports from one behind it. */
const SCAN_STOREYS = ['ask', 'leaks', 'payloads', 'search', 'proof', 'behind', 'stages'];

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly isTest: boolean;
  readonly lines: number;
  readonly imports: readonly string[];
  readonly typeImports: ReadonlySet<string>;
  /** Loaded when they are first needed. */
  readonly dynamicImports: ReadonlySet<string>;
}

const files = await readSources();
const shipped = files.filter(({ isTest }) => !isTest);

describe('imports', () => {
  it('run one way: engine <- adapters, workers <- state <- ui, engine <- cli', () => {
    const wrong: string[] = [];
    for (const file of shipped) {
      if (COMPOSITION_ROOTS.has(file.path)) continue;
      const allowed = MAY_IMPORT[file.folder];
      for (const imported of file.imports.filter((name) => name.startsWith('.'))) {
        const target = folderOf(relative(SRC, join(SRC, dirname(file.path), imported)));
        const typeOnly = file.typeImports.has(imported) && MAY_IMPORT_TYPES[file.folder]?.includes(target) === true;
        if (!typeOnly && (allowed === undefined || !allowed.includes(target))) wrong.push(`${file.path} imports ${imported}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('run in no circle: of two files, one can be understood without the other', () => {
    expect(circles(new Map(shipped.map(({ path, imports }) => [path, imports.filter((name) => name.startsWith('.')).map((name) => join(dirname(path), name))])))).toEqual([]);
  });

  it('run downwards between the folders of the language scan', () => {
    const scan = 'engine/probes/trigger-scan/';
    const storeyOf = (path: string): number => (path.startsWith(scan) ? SCAN_STOREYS.indexOf(path.slice(scan.length).split('/')[0] ?? '') : -1);
    const upwards = shipped.flatMap(({ path, imports }) => imports.map((name) => [path, join(dirname(path), name)] as const)).filter(([from, to]) => storeyOf(from) >= 0 && storeyOf(to) > storeyOf(from));
    expect(upwards).toEqual([]);
  });

  it('load no runtime and no analysis before the command line knows what to run', () => {
    const reached = new Set<string>();
    const walk = (path: string): void => {
      const file = shipped.find((candidate) => candidate.path === path);
      if (file === undefined || reached.has(path)) return;
      reached.add(path);
      for (const name of file.imports) if (name.startsWith('.') && !file.typeImports.has(name) && !file.dynamicImports.has(name)) walk(join(dirname(path), name));
    };
    walk('cli/main.ts');
    expect([...reached].filter((path) => /^(?:adapters|engine\/(?:audit|rules|probes|artifact|monitor))\//.test(path))).toEqual([]);
    expect(reached).toContain('cli/usage.ts');
  });

  it('inside the engine, core imports nothing but core', () => {
    const wrong = shipped
      .filter(({ path }) => path.startsWith('engine/core/'))
      .flatMap(({ path, imports }) => imports.filter((name) => !name.startsWith('./')).map((name) => `${path} imports ${name}`));
    expect(wrong).toEqual([]);
  });

  it('keep libraries where they belong, and the engine pure', () => {
    const wrong: string[] = [];
    for (const { path, folder, imports } of shipped) {
      for (const name of imports.filter((imported) => !imported.startsWith('.'))) {
        const library = packageOf(name);
        const home = RESERVED_PACKAGES[library];
        if (home !== undefined && !home.includes(folder) && !COMPOSITION_ROOTS.has(path)) wrong.push(`${path} imports ${name}`);
        if (folder === 'engine' && !ENGINE_PACKAGES.has(library)) wrong.push(`${path} imports ${name}`);
        if (name.startsWith('node:') && !['cli', 'adapters'].includes(folder)) wrong.push(`${path} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('name files with their extension', () => {
    const wrong = files.flatMap(({ path, imports }) => imports.filter((name) => name.startsWith('.') && !/\.(ts|tsx|mjs|css|json)(\?\w+)?$/.test(name)).map((name) => `${path} imports ${name}`));
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it(`stay below ${MAX_LINES} lines`, () => {
    expect(shipped.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('are named in kebab-case', () => {
    expect(files.map(({ path }) => path).filter((path) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.[a-z0-9-]+)*\.(ts|tsx)$/.test(path))).toEqual([]);
  });
});

async function readSources(): Promise<SourceFile[]> {
  const entries = await readdir(SRC, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name)).map((entry) => relative(SRC, join(entry.parentPath, entry.name)));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(SRC, path), 'utf8');
      const imports = [...text.matchAll(/^\s*(?:import|export)\b[^'"]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)];
      const names = imports.map((match) => match[1] ?? match[2] ?? match[3] ?? '');
      return {
        path,
        folder: folderOf(path),
        isTest: /\.test\.tsx?$/.test(path) || path.includes('/fixtures/'),
        lines: text.split('\n').length,
        imports: names,
        dynamicImports: new Set(imports.flatMap((match) => match[3] ?? [])),
        typeImports: new Set(names.filter((_, index) => /^\s*import\s+type\b/.test(imports[index]?.[0] ?? ''))),
      };
    }),
  );
}

/** The first circle met from each file, as 'a -> b -> a'. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function packageOf(name: string): string {
  return name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
}
