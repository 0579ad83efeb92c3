// A name's standing: allowed, dangerous or in between. Dangerous is asked first, component by component, so that
// 'builtins.eval.__call__' and 'torch.hub.load' stand for what they contain.
import { isAllowed, isListed } from './allowed-names.ts';
import { BUILTINS, DANGEROUS, DANGEROUS_ACTS, HARMFUL_BUILTIN_NAMES, ODD_BUILTIN_NAMES } from './dangerous-names.ts';

export type Standing =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'dangerous'; readonly why: string }
  | { readonly kind: 'review'; readonly why: string };

const MODULES = new Map(DANGEROUS.flatMap(({ why, modules }) => (modules ?? []).map((module): [string, string] => [module, why])));
/** 'module.name', up to as many parts as the longest entry has. */
const NAMES = new Map(DANGEROUS.flatMap(({ why, names }) => (names ?? []).map((name): [string, string] => [name, why])));

const MOST_PARTS = Math.max(...[...NAMES.keys()].map((name) => name.split('.').length));

export function judgeName(module: string | undefined, name: string | undefined): Standing {
  if (module === undefined || name === undefined) return { kind: 'dangerous', why: 'the name is put together while loading, or longer than names are, so that it cannot be read' };
  // Exact entries of the allow-list may stand in a module that is dangerous as a whole (types.SimpleNamespace).
  const parts = `${module}.${name}`.split('.');
  if (BUILTINS.has(parts[0] ?? '')) return judgeBuiltin(parts.slice(1), module, name);
  // TorchScript's own classes, defined by the code in the same archive; no Python module is called so.
  if (/^__torch__(\.|$)/.test(module) && !name.includes('.')) return { kind: 'allowed' };
  if (isListed(module, name) || (module === 'exceptions' && (EXCEPTION.test(name) || name === 'Exception'))) return { kind: 'allowed' };
  const root = parts[0] ?? '';
  const byModule = MODULES.get(root);
  if (byModule !== undefined) return { kind: 'dangerous', why: `the module ${root} ${byModule}` };
  for (let i = 1; i <= Math.min(parts.length, MOST_PARTS); i++) {
    const begin = parts.slice(0, i).join('.');
    const why = NAMES.get(begin);
    if (why !== undefined) return { kind: 'dangerous', why: `${begin} ${why}` };
  }
  const act = DANGEROUS_ACTS.find((candidate) => candidate.name.test(`${module}.${name}`));
  if (act !== undefined) return { kind: 'dangerous', why: `it ${act.why}` };
  const modules = new Set(module.split('.'));
  const dunder = parts.slice(1).find((part) => /^__\w+__$/.test(part) && !modules.has(part));
  if (dunder !== undefined) return { kind: 'dangerous', why: `${dunder} leads from one object to any other` };
  // A harmful function imported through a module that merely uses it ('random._os.system', 'x.subprocess.run').
  const carried = parts.slice(1).map((part) => part.replace(/^_+/, '')).find((part, i, all) => MODULES.has(part) && i < all.length - 1 && CARRIED.has(part));
  if (carried !== undefined) return { kind: 'dangerous', why: `it reaches the module ${carried} through another one` };
  if (isAllowed(module, name)) return { kind: 'allowed' };
  return { kind: 'review', why: 'Assay does not know what it does' };
}

/** Module names that mean nothing else in the middle of a dotted name. */
const CARRIED = new Set(['os', 'sys', 'subprocess', 'shutil', 'socket', 'importlib', 'ctypes', 'pickle', 'marshal', 'builtins', 'runpy', 'pty', 'posix']);

/** Exceptions hold their arguments and nothing else. Python 2 keeps them in a module of their own. */
const EXCEPTION = /^[A-Z][A-Za-z]{1,40}(Error|Exception|Warning)$/;

function judgeBuiltin(path: readonly string[], module: string, name: string): Standing {
  const [first = ''] = path;
  if (HARMFUL_BUILTIN_NAMES.has(first)) return { kind: 'dangerous', why: `${first} runs code or reaches any object` };
  if (isListed(module, name) || EXCEPTION.test(name)) return { kind: 'allowed' };
  if (path.some((part) => /^__\w+__$/.test(part))) return { kind: 'dangerous', why: `${path.join('.')} leads from one object to any other` };
  return { kind: 'review', why: ODD_BUILTIN_NAMES.has(first) ? `${first} has no place in a model` : 'it is no builtin that models need' };
}
