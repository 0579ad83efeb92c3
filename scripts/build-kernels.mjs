// Compiles src/engine/fingerprint/linear/kernels/assembly/kernels.ts to WebAssembly and writes its bytes into a module beside it, so
// that the engine needs neither a file nor the network to have them. Run after a change there: node scripts/build-kernels.mjs
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const FOLDER = fileURLToPath(new URL('../src/engine/fingerprint/linear/kernels/', import.meta.url));
const TARGET = `${FOLDER}kernels-wasm.ts`;
const PER_LINE = 40;

/** The text of kernels-wasm.ts as the compiler makes it now. */
export async function compileKernels() {
  const files = new Map();
  const source = await readFile(`${FOLDER}assembly/kernels.ts`, 'utf8');
  const { error, stderr } = await asc.main(['kernels.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--outFile', 'kernels.wasm'], {
    readFile: (name) => (name === 'kernels.ts' ? source : null),
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const bytes = [...files.get('kernels.wasm')];
  const lines = Array.from({ length: Math.ceil(bytes.length / PER_LINE) }, (_, i) => `  ${bytes.slice(i * PER_LINE, (i + 1) * PER_LINE).join(', ')},`);
  return `// Written by scripts/build-kernels.mjs from assembly/kernels.ts: do not edit.\nexport const KERNELS_WASM = Uint8Array.of(\n${lines.join('\n')}\n);\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(TARGET, await compileKernels());
