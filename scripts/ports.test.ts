import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askedPort, portProblem } from './ports.mjs';
import { serveFolder } from './server.mjs';

it('reads a port, and says what was expected where it is none', () => {
  expect(askedPort(['--no-open'])).toEqual({ port: undefined });
  expect(askedPort(['--port=4391', '--no-open'])).toEqual({ port: 4391 });
  for (const [wrong, found] of [['--port=abc', 'abc'], ['--port=70000', '70000'], ['--port=0', '0'], ['--port=-1', '-1'], ['--port=', 'nothing'], ['--port', 'nothing']] as const) {
    expect(askedPort([wrong])).toEqual({ port: undefined, problem: `--port: expected --port=N with a whole number from 1 to 65535; found ${found}` });
  }
});

it('says that a port is taken, and leaves other errors alone', async () => {
  const server = await serveFolder(import.meta.dirname);
  const port = Number(new URL(server.url).port);
  const error: unknown = await serveFolder(import.meta.dirname, { port }).catch((thrown: unknown) => thrown);
  await server.close();
  expect(portProblem(error, port)).toBe(`port ${port} is taken: choose another with --port=N`);
  expect(portProblem(new Error('other'), port)).toBeUndefined();
});

it('ends with 2 and one line, before anything is built', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs'), '--port=abc']);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect([status, said.trim().split('\n')]).toEqual([2, [expect.stringContaining('found abc')]]);
});
