// Commands in files that tools act on by themselves: lines of texts, and in JSON the strings that stand under commands, with
// their arguments behind them. What they do is told as for scripts; besides, a file that nobody starts by hand has no reason to
// run what it downloads, over https or not.
import { isObject } from '../../artifact/text.ts';
import type { Severity } from '../../core/finding.ts';
import { handedToShell, pipesDownload } from '../programs/handed-to-shell.ts';
import { oddLine } from '../programs/odd-lines.ts';
import { scriptDeed } from '../programs/web-lines.ts';
import type { WorkspaceKind } from './kinds.ts';

export interface WorkspaceDeed {
  readonly what: string;
  readonly severity: Severity;
  /** A key or a line. */
  readonly where: string;
  readonly text: string;
}

const MAX_LINES = 20_000;
const MAX_DEPTH = 24;
const MAX_DEEDS = 16;
/** Values that a shell sees: what is sent along by a command that nobody started. */
const CARRIES = /\b(?:curl|wget|nc|ncat|Invoke-WebRequest|iwr)\b[^\n]{0,200}(?:\$\((?:env|cat|printenv|whoami|hostname|base64|tar)\b|`(?:env|cat|printenv)\b|@(?:~|\$HOME|\/)|\$\{?\w{0,40}(?:TOKEN|SECRET|PASSWORD|API_KEY)\b)|\b(?:env|printenv|cat\s{1,4}(?:~|\$HOME)\/\.\S{1,80})\s{0,4}\|\s{0,4}(?:base64\s{0,4}\|\s{0,4})?(?:curl|nc|wget)\b/;
/** Asked of nobody any more: agents and editors that run what the folder says. */
const LIFTS = /^(?:bypassPermissions|dangerouslySkipPermissions|enableAllProjectMcpServers|skipDangerousModePermissionPrompt|chat\.tools\.(?:global\.)?autoApprove|security\.workspace\.trust\.enabled|task\.allowAutomaticTasks|autoApprove|alwaysAllow|trust)$/;

export function textDeeds(text: string, kind: WorkspaceKind): WorkspaceDeed[] {
  return text.split('\n', MAX_LINES).flatMap((line, i): WorkspaceDeed[] => {
    if (/^\s{0,200}(?:#|\/\/|;)/.test(line)) return [];
    const deed = deedOf(line, kind);
    const index = foreignIndex(line);
    const found = deed ?? (index === undefined ? undefined : { what: `installs from ${index}`, severity: 'medium' as const });
    return found === undefined ? [] : [{ ...found, where: `line ${i + 1}`, text: line.trim() }];
  }).slice(0, MAX_DEEDS);
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
  for (const [key, child] of Object.entries(value).slice(0, 5000)) {
    const at = path === '' ? key : `${path}.${key}`;
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
}

/** Launchers of published tools: how agents and editors start what they use. */
const LAUNCHER = /^(?:npx|uvx|uv|node|npm|pnpm|bunx?|deno|docker|python\d?|pipx|go|cargo|dotnet|java)\b/;
const SHELL = /^(?:\S{0,80}[/\\])?(?:ba|z|da|k|fi)?sh(?:\.exe)?\s{1,4}-\w{0,3}c\s{1,4}["']?(.{1,400})|^(?:cmd(?:\.exe)?\s{1,4}\/c|(?:powershell|pwsh)(?:\.exe)?\s{1,4}(?:-\w{1,20}\s{1,4}){0,4})\s{0,4}["']?(.{1,400})/i;

function deedOf(line: string, { does }: WorkspaceKind): Pick<WorkspaceDeed, 'what' | 'severity'> | undefined {
  const handed = handedToShell(line);
  if (handed !== undefined) return { what: handed, severity: 'high' };
  const odd = oddLine(line);
  // Build servers install tools as people do.
  if (does === 'builds') return odd === undefined || odd === 'runs what it downloads' ? undefined : { what: odd, severity: 'high' };
  if (pipesDownload(line)) return { what: 'runs what it downloads, by itself', severity: 'high' };
  if (odd !== undefined) return { what: odd, severity: 'high' };
  const deed = scriptDeed(line);
  if (deed !== undefined) return deed;
  if (CARRIES.test(line.slice(0, 4000))) return { what: 'sends to another machine what it finds on this one', severity: 'high' };
  const shell = SHELL.exec(line.trim());
  const inner = (shell?.[1] ?? shell?.[2] ?? '').trim();
  return shell === null || LAUNCHER.test(inner) || does !== 'runs' || !REACHES.test(inner) ? undefined : { what: 'hands a shell a command that reaches out of the folder', severity: 'medium' };
}

const REACHES = /\b(?:curl|wget|nc|ncat|ssh|scp|base64|eval|chmod|nohup|osascript|Invoke-)|\/tmp\/|https?:\/\//;

/** Where packages come from, other than the indexes that everybody uses. */
function foreignIndex(line: string): string | undefined {
  const address = /^\s{0,20}(?:@[\w.-]{1,60}:)?(?:registry|index-url|extra-index-url|npmRegistryServer)\s{0,4}[=:]\s{0,4}["']?(https?:\/\/[^\s"']{1,300})/.exec(line)?.[1];
  return address === undefined || /^https:\/\/(?:registry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)|pypi\.org|npm\.pkg\.github\.com|download\.pytorch\.org|pypi\.nvidia\.com)\b/.test(address) ? undefined : address;
}
