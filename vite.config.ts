// Build: a folder of static files that works from any sub-path of any plain host. Nothing comes from a CDN:
// onnxruntime-web's .mjs and .wasm pairs are served from ort/, and the service worker knows every file of the build.
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { CONTENT_SECURITY_POLICY, ISOLATION_HEADERS } from './scripts/headers.mjs';

const ORT_DIST = join(import.meta.dirname, 'node_modules/onnxruntime-web/dist');
/** The JSPI build for browsers with WebAssembly.Suspending, the asyncify build for the others. Both hold WebGPU and WASM. */
const ORT_FILES = ['jspi', 'asyncify'].flatMap((build) => ['mjs', 'wasm'].map((extension) => `ort-wasm-simd-threaded.${build}.${extension}`));

/** Serves onnxruntime's runtime files under ort/, unbundled: it starts its own threads from the .mjs file. */
function onnxruntimeFiles(): Plugin {
  return {
    name: 'assay:onnxruntime-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = ORT_FILES.find((name) => request.url?.split('?')[0]?.endsWith(`/ort/${name}`));
        if (file === undefined) return next();
        response.setHeader('Content-Type', file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript');
        for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value);
        createReadStream(join(ORT_DIST, file)).pipe(response);
      });
    },
    generateBundle() {
      for (const file of ORT_FILES) this.emitFile({ type: 'asset', fileName: `ort/${file}`, source: readFileSync(join(ORT_DIST, file)) });
    },
  };
}

/** Writes sw.js: the source in src/service-worker.js with this build's file list and policy filled in. */
function serviceWorker(): Plugin {
  let publicDir = '';
  return {
    name: 'assay:service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    generateBundle(_options, bundle) {
      const publicFiles = publicDir === '' ? [] : readdirSync(publicDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(publicDir.length + 1).replaceAll('\\', '/'));
      const built = Object.keys(bundle).filter((name) => !name.endsWith('.map'));
      const version = createHash('sha256');
      for (const name of built.toSorted()) {
        const item = bundle[name];
        version.update(name).update(item === undefined ? '' : item.type === 'chunk' ? item.code : item.source);
      }
      for (const name of publicFiles.toSorted()) version.update(name).update(readFileSync(join(publicDir, name)));
      const heavy = (name: string): boolean => name.startsWith('ort/') || name.startsWith('samples/');
      const all = [...built, ...publicFiles];
      const manifest = { version: version.digest('hex').slice(0, 16), shell: all.filter((name) => !heavy(name)).toSorted(), heavy: all.filter(heavy).toSorted() };
      const source = readFileSync(join(import.meta.dirname, 'src/service-worker/sw.js'), 'utf8')
        .replace("'__ASSAY_MANIFEST__'", JSON.stringify(manifest))
        .replace("'__ASSAY_HEADERS__'", JSON.stringify({ ...ISOLATION_HEADERS, 'Content-Security-Policy': CONTENT_SECURITY_POLICY }));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

/** The policy in the page itself, for hosts that send no headers. Built pages only: Vite's development client needs inline scripts. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'assay:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY }, injectTo: 'head-prepend' }],
  };
}

/** What an engine stored of an unfinished audit is for the same engine alone (src/adapters/audit-key.ts). */
function engineBuild(): string {
  const engine = join(import.meta.dirname, 'src/engine');
  const sources = readdirSync(engine, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const digest = createHash('sha256');
  for (const file of [...sources.toSorted(), join(import.meta.dirname, 'package-lock.json')]) digest.update(file.slice(import.meta.dirname.length)).update(readFileSync(file));
  return digest.digest('hex').slice(0, 16);
}

/** How long a plugin took is of no use to whoever starts the page. */
const QUIET = { checks: { bundlerTimings: false } };

export default defineConfig({
  base: './',
  define: { __ASSAY_ENGINE__: JSON.stringify(engineBuild()) },
  plugins: [react(), onnxruntimeFiles(), contentSecurityPolicy(), serviceWorker()],
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'import'] },
  worker: { format: 'es', rolldownOptions: QUIET },
  build: { target: 'es2023', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000, assetsInlineLimit: 0, rolldownOptions: QUIET },
  server: { headers: ISOLATION_HEADERS },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
