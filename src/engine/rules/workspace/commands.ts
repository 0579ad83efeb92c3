// Commands in files that tools act on by themselves: lines and statements of texts, and in JSON the strings that stand under
// commands, with their arguments behind them. What they do is told as for scripts; besides, a file that nobody starts by hand has
// no reason to run what it downloads, over https or not, other than the published installers of well-known tools.
import { isObject } from '../../artifact/text.ts';
import type { Severity } from '../../core/finding.ts';
import { sendingLine } from '../programs/carries.ts';
import { commandDeed } from '../programs/command-deed.ts';
import { fetchedAndRun } from '../programs/fetched.ts';
import { pipesDownload } from '../programs/handed-to-shell.ts';
import { isKnownInstaller } from '../programs/installers.ts';
import { logicalLines, statementsOf } from '../programs/lines.ts';
import { FETCHED } from '../programs/odd-lines.ts';
import type { WorkspaceKind } from './kinds.ts';
import { serverDeed, startedDeed, variableDeed } from './settings.ts';

export interface WorkspaceDeed {
  readonly what: string;
  readonly severity: Severity;
  /** A key or a line. */
  readonly where: string;
  readonly text: string;
}

const MAX_DEPTH = 24;
const MAX_DEEDS = 16;
const MAX_LINE = 4000;
/** What else a command that nobody started sends along, where a shell sees it. */
const CARRIES = /\b(?:curl|wget|nc|ncat|Invoke-WebRequest|iwr)\b[^\n]{0,200}(?:\$\((?:cat|whoami|hostname|base64|tar)\b|`cat\b|@(?:~|\$HOME|\/)|\$\{?\w{0,40}(?:TOKEN|SECRET|PASSWORD|API_KEY)\b)|\bcat\s{1,4}(?:~|\$HOME)\/\.\S{1,80}\s{0,4}\|\s{0,4}(?:base64\s{0,4}\|\s{0,4})?(?:curl|nc|wget)\b/;
/** A hook passes on what it is given. */
const PASSES_ON = /\bcurl\b[^\n]{0,200}(?:-d|--data(?:-\w{1,12})?|-T|-F)[= ]{0,4}["']?(?:\w{1,20}=)?@-[^\n]{0,200}\bhttps?:\/\/(?!localhost|127\.|0\.0\.0\.0)/;
/** Asked of nobody any more: agents and editors that run what the folder says. */
const LIFTS = /^(?:bypassPermissions|dangerouslySkipPermissions|enableAllProjectMcpServers|skipDangerousModePermissionPrompt|chat\.tools\.(?:global\.)?autoApprove|security\.workspace\.trust\.enabled|task\.allowAutomaticTasks|autoApprove|alwaysAllow|trust)$/;

export function textDeeds(text: string, kind: WorkspaceKind, path: string): WorkspaceDeed[] {
  const marks = kind.statements === undefined ? /^\s{0,200}(?:#|\/\/|;)/ : undefined;
  const lines = kind.statements === undefined
    ? logicalLines(text, path).filter((one) => marks?.test(one.text) !== true)
    : statementsOf(text, kind.statements).flatMap(({ text: whole, words, line }) => [{ text: whole, line }, ...(words.includes(' ') && CALLS.test(whole) ? [{ text: words, line }] : [])]);
  const found = new Map<number, WorkspaceDeed>();
  const add = (line: number, deed: Pick<WorkspaceDeed, 'what' | 'severity'> | undefined, shows: string): void => {
    if (deed !== undefined && !found.has(line) && found.size < MAX_DEEDS) found.set(line, { ...deed, where: `line ${line}`, text: shows.trim() });
  };
  for (const { text: line, line: number } of lines) add(number, deedOf(line, kind) ?? foreignDeed(line, path), line);
  const plain = lines.map((one) => one.text);
  const started = fetchedAndRun(plain, kind.does !== 'builds');
  if (started !== undefined) add(lines[started.at]?.line ?? 1, { what: started.what, severity: 'high' }, plain[started.at] ?? '');
  const sends = sendingLine(plain);
  if (sends !== undefined) add(lines[sends]?.line ?? 1, { what: 'sends keys or settings of this machine to another', severity: 'high' }, plain[sends] ?? '');
  return [...found.values()];
}

/** Where the texts of a statement are the words of a command. */
const CALLS = /\bCommand::new\b|\bProcessBuilder\b|\b(?:commandLine|executable|args|exec|execute|spawn)\b/;

/** Packages, build scripts and programs from elsewhere. */
function foreignDeed(line: string, path: string): Pick<WorkspaceDeed, 'what' | 'severity'> | undefined {
  const index = foreignIndex(line);
  if (index !== undefined) return { what: `installs from ${index}`, severity: 'medium' };
  if (/\bapply\s{0,4}\(?\s{0,4}from\s{0,4}[:=]\s{0,4}["']https?:\/\//.test(line.slice(0, MAX_LINE)) && !isKnownInstaller(line)) return { what: 'runs a build script from elsewhere', severity: 'medium' };
  // A wrapper or linker by its name alone is an installed tool.
  if (/\.cargo\/config(?:\.toml)?$/.test(path) && /^\s{0,20}(?:rustc(?:-\w{1,20}){0,2}|rustdoc|linker|runner|ar)\s{0,4}=\s{0,4}\[?\s{0,4}["'](?:\.{1,2}\/|~|\$|\/(?:tmp|var\/tmp|dev\/shm|home)\/|\.\w|\w{1,60}\/)/.test(line)) return { what: 'starts a program that lies beside it whenever code is built', severity: 'medium' };
  return undefined;
}

export function jsonDeeds(value: unknown, kind: WorkspaceKind): WorkspaceDeed[] {
  const deeds: WorkspaceDeed[] = [];
  walk(value, '', 0, kind, deeds);
  return deeds.slice(0, MAX_DEEDS);
}

function walk(value: unknown, path: string, depth: number, kind: WorkspaceKind, deeds: WorkspaceDeed[]): void {
  if (depth > MAX_DEPTH || deeds.length >= MAX_DEEDS) return;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string') && value.length > 1 && value.length < 200) add(value.join(' '), path, kind, deeds);
    else value.slice(0, 1000).forEach((item: unknown, i) => walk(item, `${path}[${i}]`, depth + 1, kind, deeds));
    return;
  }
  if (!isObject(value)) return;
  const [command, args] = [value['command'], value['args']];
  const whole = typeof command === 'string' && Array.isArray(args) ? [command, ...args.filter((item) => typeof item === 'string')].join(' ') : undefined;
  if (whole !== undefined) add(whole, path === '' ? 'command' : `${path}.command`, kind, deeds);
  const server = serverDeed(value);
  if (server !== undefined) deeds.push({ what: server.what, severity: server.severity, where: path === '' ? 'server' : path, text: server.text });
  for (const [key, child] of Object.entries(value).slice(0, 5000)) {
    const at = path === '' ? key : `${path}.${key}`;
    const setting = typeof child === 'string' ? (variableDeed(key, child) ?? startedDeed(path, key, child)) : undefined;
    if (setting !== undefined) deeds.push({ ...setting, where: at, text: String(child) });
    if (whole !== undefined && (key === 'command' || key === 'args')) continue;
    if (typeof child === 'string') {
      add(child, at, kind, deeds);
      if (/_BASE_URL$/.test(key) && /^https?:\/\//.test(child) && !OWN_ADDRESS.test(child)) deeds.push({ what: 'sends what an agent says and reads to another server', severity: 'medium', where: at, text: child });
    }
    const lifted = LIFTS.test(key) && (key === 'security.workspace.trust.enabled' ? child === false : child === true || child === 'on' || child === '*');
    if (lifted || (key === 'defaultMode' && child === 'bypassPermissions')) deeds.push({ what: 'lets tools act without asking', severity: 'medium', where: at, text: `${key}: ${String(child)}` });
    walk(child, at, depth + 1, kind, deeds);
  }
}

const OWN_ADDRESS = /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|(?:[\w-]{1,40}\.){0,3}(?:anthropic\.com|openai\.com|openrouter\.ai|googleapis\.com|azure\.com|amazonaws\.com)\b)/;

function add(text: string, where: string, kind: WorkspaceKind, deeds: WorkspaceDeed[]): void {
  for (const line of text.split('\n', 200)) {
    const deed = deedOf(line, kind);
    if (deed === undefined) continue;
    deeds.push({ ...deed, where, text: line });
    return;
  }
  const started = kind.does === 'builds' ? undefined : fetchedAndRun(text.split('\n', 200), true);
  if (started !== undefined) deeds.push({ what: started.what, severity: 'high', where, text });
}

/** Launchers of published tools: how agents and editors start what they use. */
const LAUNCHER = /^(?:npx|uvx|uv|node|npm|pnpm|bunx?|deno|docker|python\d?|pipx|go|cargo|dotnet|java)\b/;
const SHELL = /^(?:\S{0,80}[/\\])?(?:ba|z|da|k|fi)?sh(?:\.exe)?\s{1,4}-\w{0,3}c\s{1,4}["']?(.{1,400})|^(?:cmd(?:\.exe)?\s{1,4}\/c|(?:powershell|pwsh)(?:\.exe)?\s{1,4}(?:-\w{1,20}\s{1,4}){0,4})\s{0,4}["']?(.{1,400})/i;
/** Builds fetch installers, write keys that they were given, and unpack certificates. */
const ORDINARY_IN_BUILDS = new Set<string>([FETCHED, 'reaches for keys and passwords', 'starts programs', 'switches off the virus scanner', 'fetches or unpacks a program by a tool of the system', 'sees to it that it is started again']);
/** make runs it whenever it reads the file. */
const WHILE_READ = /\$\(shell\s[^\n]{0,200}\b(?:curl|wget)\b[^\n]{0,300}\|\s{0,4}(?:ba|z|da)?sh\b/;

function deedOf(line: string, { does }: WorkspaceKind): Pick<WorkspaceDeed, 'what' | 'severity'> | undefined {
  const deed = commandDeed(line);
  const whileRead = WHILE_READ.test(line.slice(0, MAX_LINE)) && !isKnownInstaller(line);
  if (does === 'builds') return whileRead ? { what: 'runs what it downloads, by itself', severity: 'high' } : deed !== undefined && ORDINARY_IN_BUILDS.has(deed.what) ? undefined : deed;
  if (pipesDownload(line)) return { what: 'runs what it downloads, by itself', severity: 'high' };
  if (deed !== undefined || does === 'contains' || does === 'compiles') return deed;
  if (CARRIES.test(line.slice(0, MAX_LINE))) return { what: 'sends to another machine what it finds on this one', severity: 'high' };
  if (PASSES_ON.test(line.slice(0, MAX_LINE))) return { what: 'sends to another machine what it is given', severity: 'medium' };
  const shell = SHELL.exec(line.trim());
  const inner = (shell?.[1] ?? shell?.[2] ?? '').trim();
  return shell === null || LAUNCHER.test(inner) || isKnownInstaller(inner) || !REACHES.test(inner.replace(LOCAL_CALL, '')) ? undefined : { what: 'hands a shell a command that reaches out of the folder', severity: 'medium' };
}

const REACHES = /\b(?:curl|wget|nc|ncat|ssh|scp|base64|eval|chmod|nohup|osascript|Invoke-)|\/tmp\/|https?:\/\//;
/** Asking a server of one's own whether it is there. */
const LOCAL_CALL = /\b(?:curl|wget)\b[^\n;&|]{0,200}\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b[^\s;&|]{0,200}/g;

/** Where packages come from, other than the indexes that everybody uses. */
function foreignIndex(line: string): string | undefined {
  const address = /^\s{0,20}(?:@[\w.-]{1,60}:)?(?:registry|index-url|extra-index-url|npmRegistryServer)\s{0,4}[=:]\s{0,4}["']?(https?:\/\/[^\s"']{1,300})/.exec(line)?.[1];
  return address === undefined || /^https:\/\/(?:registry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)|pypi\.org|npm\.pkg\.github\.com|download\.pytorch\.org|pypi\.nvidia\.com)\b/.test(address) ? undefined : address;
}
