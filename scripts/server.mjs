// A small static file server: the built folder on localhost with the right types, range requests and, unless told
// otherwise, the isolation headers. `plain` leaves the headers out, as an ordinary host would.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { CONTENT_SECURITY_POLICY, ISOLATION_HEADERS } from './headers.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2', '.csv': 'text/csv; charset=utf-8',
};

/**
 * @param {string} root folder to serve
 * @param {{ port?: number, host?: string, basePath?: string, plain?: boolean }} [options] port 0: any free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveFolder(root, { port = 0, host = '127.0.0.1', basePath = '/', plain = false } = {}) {
  const server = createServer((request, response) => {
    answer(root, basePath, plain, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://localhost:${actual}${basePath}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(root, basePath, plain, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  if (!path.startsWith(basePath)) return void response.writeHead(404).end();
  const relative = normalize(path.slice(basePath.length));
  const file = join(root, relative === '.' || relative.endsWith(sep) ? join(relative, 'index.html') : relative);
  if (!file.startsWith(root + sep)) return void response.writeHead(404).end();
  const info = await stat(file).catch(() => undefined);
  if (info === undefined || !info.isFile()) return void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
  const headers = {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    'Last-Modified': info.mtime.toUTCString(),
    ...(plain ? {} : { ...ISOLATION_HEADERS, 'Content-Security-Policy': CONTENT_SECURITY_POLICY }),
  };
  if (request.headers['if-modified-since'] === headers['Last-Modified']) return void response.writeHead(304, headers).end();
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  let [begin, end] = [0, info.size - 1];
  if (range !== null && (range[1] !== '' || range[2] !== '')) {
    begin = range[1] === '' ? Math.max(0, info.size - Number(range[2])) : Number(range[1]);
    end = range[1] !== '' && range[2] !== '' ? Math.min(Number(range[2]), end) : end;
    if (begin > end) return void response.writeHead(416, { ...headers, 'Content-Range': `bytes */${info.size}` }).end();
    response.writeHead(206, { ...headers, 'Content-Range': `bytes ${begin}-${end}/${info.size}`, 'Content-Length': end - begin + 1 });
  } else response.writeHead(200, { ...headers, 'Content-Length': info.size });
  if (request.method === 'HEAD' || info.size === 0) return void response.end();
  createReadStream(file, { start: begin, end }).pipe(response);
}
