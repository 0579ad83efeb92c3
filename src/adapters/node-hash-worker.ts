// A thread that hashes what it is handed, for the command line: the same messages as the page's hash worker. Its program is
// text, so that it starts from sources and from a bundle alike.
import { Worker as Thread } from 'node:worker_threads';
import type { HashPort } from './hash-beside.ts';

const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const hash = require('node:crypto').createHash('sha256');
parentPort.on('message', ({ kind, bytes }) => {
  if (kind === 'digest') return parentPort.postMessage({ kind, sha256: hash.digest('hex') });
  hash.update(bytes);
  parentPort.postMessage({ kind: 'taken' });
});
`;

export function nodeHashWorker(): HashPort {
  const thread = new Thread(PROGRAM, { eval: true });
  const port: HashPort = {
    onmessage: null,
    onerror: null,
    postMessage: (request: unknown, transfer?: unknown) => thread.postMessage(request, Array.isArray(transfer) ? transfer : []),
    terminate: () => void thread.terminate(),
  };
  thread.on('message', (data: unknown) => port.onmessage?.call(port as Worker, { data } as MessageEvent));
  thread.on('error', ({ message }: Error) => port.onerror?.call(port as Worker, { message } as ErrorEvent));
  return port;
}
