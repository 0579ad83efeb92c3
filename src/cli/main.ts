// The command line's composition root: arguments in, exit status out. What a command runs is loaded once its arguments are known
// to be right: a mistake in them is told at once.
import { parseArgs } from 'node:util';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { BUDGETS, SEVERITIES } from '../engine/core/finding.ts';
import { MAX_SEED } from '../engine/core/random.ts';
import { FEATURE_SETS } from '../engine/fingerprint/features/feature-sets.ts';
import { REPRESENTATION_IDS } from '../engine/fingerprint/representations/representation.ts';
import type { AuditArguments } from './audit.ts';
import { BACKENDS, type NodeBackend } from './backends.ts';
import { HINT, USAGE, UsageError } from './usage.ts';

const BAD_INPUT = 2;
const FAILED = 3;
const COMMANDS: readonly string[] = ['audit', 'inspect', 'attention', 'fingerprint', 'monitor'];
const TASKS = ['causal-lm', 'text-classification', 'image-classification', 'tabular'] as const;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
    process.stdout.write(`${USAGE}\n`);
    return command === undefined ? BAD_INPUT : 0;
  }
  if (!COMMANDS.includes(command)) throw new UsageError(`unknown command ${command}`);
  // Its options are its own.
  if (command === 'monitor' && !rest.includes('--help')) return (await import('./monitor.ts')).monitor(rest);
  const { values, positionals } = parse(rest);
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [path] = positionals;
  if (path === undefined) throw new UsageError(`${command}: a path is needed`);
  const failOn = oneOf('--fail-on', values['fail-on'] ?? 'high', SEVERITIES.slice(1));
  const outputs = { ...given('json', values.json), ...given('sarif', values.sarif), ...given('html', values.html), ...given('signatures', values.signatures), ...given('trust', values.trust), failOn };
  switch (command) {
    case 'audit': {
      if (positionals.length > 1) throw new UsageError('audit: one path at a time');
      const request: AuditArguments = {
        path,
        ...given('base', values.base),
        ...(values.analyses === undefined ? {} : { analyses: values.analyses.split(',') }),
        budget: oneOf('--budget', values.budget ?? 'standard', BUDGETS),
        seed: integer('--seed', values.seed ?? '0'),
        backend: backendOf(values.backend),
        ...(values.task === undefined ? {} : { task: oneOf('--task', values.task, TASKS) }),
        ...given('inputs', values.inputs),
        ...given('candidates', values.candidates),
        ...outputs,
      };
      return (await import('./audit.ts')).audit(request);
    }
    case 'inspect':
      return (await import('./audit.ts')).inspect(positionals, { ...outputs, ...given('allow', values.allow), ...given('base', values.base) });
    case 'attention':
      if (values.prompt === undefined) throw new UsageError('attention: --prompt TEXT is needed');
      return (await import('./attention.ts')).attention({ path, prompt: values.prompt, json: values.json ?? '-' });
    case 'fingerprint':
      return fingerprint(positionals, values);
    default:
      throw new UsageError(`unknown command ${command}`);
  }
}

async function fingerprint([action, ...paths]: readonly string[], values: ReturnType<typeof parse>['values']): Promise<number> {
  const [path, second] = paths;
  if (path === undefined) throw new UsageError(`fingerprint ${action ?? ''}: a path is needed`);
  const request = {
    features: oneOf('--features', values.features ?? 'behaviour', FEATURE_SETS),
    representation: oneOf('--representation', values.representation ?? 'raw', REPRESENTATION_IDS),
    seed: integer('--seed', values.seed ?? '42'),
    ...given('json', values.json),
  };
  const reference = (): string => {
    if (values.reference === undefined) throw new UsageError(`fingerprint ${action ?? ''}: --reference FILE is needed`);
    return values.reference;
  };
  const load = () => import('./fingerprint.ts');
  switch (action) {
    case 'build': {
      if (values.out === undefined) throw new UsageError('fingerprint build: --out FILE is needed');
      const secretSeed = values.seed === undefined ? undefined : request.seed;
      return (await load()).buildFingerprints(path, values.out, { secretSeed, gradients: values.gradients === true, ...(values.taps === undefined ? {} : { taps: values.taps.split(',') }), ...given('inputs', values.inputs) });
    }
    case 'score': {
      const file = reference();
      return (await load()).scoreFingerprints(paths, file, request);
    }
    case 'evaluate': {
      const file = reference();
      return (await load()).evaluateFingerprints(paths, file, request);
    }
    case 'taps':
      return (await load()).showTaps(path, values.json);
    case 'diff':
      if (second === undefined) throw new UsageError('fingerprint diff: two reference sets are needed');
      return (await load()).diffFingerprints(path, second);
    default:
      throw new UsageError(`fingerprint: expected build, score, evaluate, diff or taps; found ${action ?? 'nothing'}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean' },
        analyses: { type: 'string' },
        budget: { type: 'string' },
        seed: { type: 'string' },
        backend: { type: 'string' },
        allow: { type: 'string' },
        base: { type: 'string' },
        candidates: { type: 'string' },
        signatures: { type: 'string' },
        trust: { type: 'string' },
        json: { type: 'string' },
        sarif: { type: 'string' },
        html: { type: 'string' },
        prompt: { type: 'string' },
        out: { type: 'string' },
        reference: { type: 'string' },
        features: { type: 'string' },
        representation: { type: 'string' },
        taps: { type: 'string' },
        inputs: { type: 'string' },
        gradients: { type: 'boolean' },
        task: { type: 'string' },
        'fail-on': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function given<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
}

/** `auto` is the CPU: CUDA's provider is rarely installed, and WASM is slower. */
function backendOf(value = 'auto'): NodeBackend {
  const backend = oneOf('--backend', value, ['auto', ...BACKENDS] as const);
  return backend === 'auto' ? 'cpu' : backend;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option}: expected ${allowed.join(', ')}; found ${value}`);
  return found;
}

function integer(option: string, value: string): number {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= MAX_SEED)) throw new UsageError(`${option}: expected a whole number up to ${MAX_SEED}; found ${value}`);
  return number;
}

/** A path that cannot be opened or written is bad input; Node's message names it and says why. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

// Whoever reads the output may stop early (head, less): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : FAILED));
// Progress that nobody reads any more is no reason to stop the work.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(FAILED);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n${HINT}\n`);
  else if (error instanceof ArtifactError || isFileError(error)) process.stderr.write(`${error.message}\n`);
  else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = FAILED;
  }
  process.exitCode ??= BAD_INPUT;
}
