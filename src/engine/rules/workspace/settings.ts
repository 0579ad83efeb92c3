// Settings that make another program start, load or talk to something: variables of the environment that every program heeds
// (LD_PRELOAD and kin, ld.so(8), dyld(1), Python's, Node's, Bash's and git's own), programs of an editor that lie in the folder,
// and servers of agents at bare addresses. A profiler's library of the system is ordinary.
import { isObject, type JsonObject } from '../../artifact/text.ts';
import type { Severity } from '../../core/finding.ts';
import { isBareAddress, isPassingPlace } from '../programs/handed-to-shell.ts';

export interface SettingDeed {
  readonly what: string;
  readonly severity: Severity;
}

const LOADED = /^(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|PYTHONSTARTUP|BASH_ENV|ENV|ZDOTDIR|PERL5OPT|RUBYOPT|NODE_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|DOTNET_STARTUP_HOOKS|GIT_SSH|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|RUSTC_WRAPPER)$/;
/** Yarn's own loader stands in the folder by design. */
const ITSELF = /\.pnp\.(?:c|loader\.m)js\b/;
/** Out of the folder itself, or from where anybody can write. */
const BESIDE = /\$\{workspace\w{0,20}\}|\$\{?PWD\b|(?:^|[\s="':])\.{1,2}[\\/]|(?:^|[\s="':])~\/|\$\{?HOME\b|(?:^|[\s="':])\/(?:tmp|var\/tmp|dev\/shm|workspaces?)\//;
/** Programs that an editor starts without being asked. */
const STARTED = /^(?:git\.path|terminal\.(?:integrated\.(?:(?:automationP|p)rofile|shell|automationShell)\.?\w{0,10}|external\.\w{0,20}Exec)|npm\.packageManagerPath|path)$/;

export function variableDeed(name: string, value: string): SettingDeed | undefined {
  return LOADED.test(name) && BESIDE.test(value) && !ITSELF.test(value) ? { what: `makes every program load what lies in the folder (${name})`, severity: 'high' } : undefined;
}

export function startedDeed(path: string, key: string, value: string): SettingDeed | undefined {
  const of = key === 'path' ? /terminal\.integrated\.(?:automationP|p)rofile/.test(path) : STARTED.test(key);
  return of && BESIDE.test(value) ? { what: 'makes an editor start a program that lies in the folder', severity: 'medium' } : undefined;
}

const KEY_WORDS = /authorization|bearer|(?:api[_-]?)?key|token|secret|password|credential/i;
const MAX_TEXT = 4000;

/** A server of an agent: {url, headers}, or a program that is given the address. */
export function serverDeed(value: JsonObject): (SettingDeed & { readonly text: string }) | undefined {
  const args = Array.isArray(value['args']) ? value['args'] : [];
  const addresses = [value['url'], value['httpUrl'], value['serverUrl'], value['endpoint'], ...args.slice(0, 64)].filter((item) => typeof item === 'string').map((item) => item.slice(0, MAX_TEXT));
  const far = addresses.find((address) => isBareAddress(address) || (/^https?:\/\//.test(address) && isPassingPlace(address)));
  const given = JSON.stringify([value['headers'], value['env'], args, isObject(value['requestInit']) ? value['requestInit'] : undefined]).slice(0, MAX_TEXT);
  if (far !== undefined) return KEY_WORDS.test(given) ? { what: 'sends a key to a bare or passing address', severity: 'high', text: far } : { what: 'talks to a server at a bare or passing address', severity: 'medium', text: far };
  const program = typeof value['command'] === 'string' && /^(?:npx|uvx|bunx|pnpm|pipx|deno)$/.test(value['command']) ? addresses.find((address) => /^https?:\/\/(?!(?:deno\.land|jsr\.io|registry\.npmjs\.org|github\.com)\/)/.test(address) && /\.(?:tgz|tar\.gz|zip|whl|[cm]?[jt]s)\b/.test(address)) : undefined;
  return program === undefined ? undefined : { what: 'starts a program straight from an address', severity: 'medium', text: program };
}
