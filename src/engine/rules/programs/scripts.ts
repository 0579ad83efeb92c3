// Scripts: Python call by call, others line by line and then as a whole.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { Severity } from '../../core/finding.ts';
import { shown } from '../evidence.ts';
import type { Report } from '../rule.ts';
import { sendingLine } from './carries.ts';
import { commandDeed } from './command-deed.ts';
import { fetchedAndRun } from './fetched.ts';
import { isInstaller } from './handed-to-shell.ts';
import { logicalLines } from './lines.ts';
import { oddLine } from './odd-lines.ts';
import { deedsOf } from './python/deeds.ts';
import { SCRIPT, sourceShown } from './script-rule.ts';

const SCRIPT_NAME = /\.(py|pyw|sh|bash|zsh|ksh|fish|command|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|cjs|ts|jsx|tsx|html?|xhtml|rb|pl|lua|r|jl|php|hta|wsf)$|(?:^|[/!])\.(?:envrc|bashrc|zshrc|profile|bash_profile|zshenv|Rprofile|gdbinit|lldbinit|exrc|vimrc)$|(?:^|[/!])(?:autorun\.inf|\.gitmodules)$|(?:^|[/!])\.git\/config$/i;
const PYTHON = /\.pyw?$/i;
const PYTHON_START = /^#![^\n]{0,80}python/;
/** Python imports these by itself whenever it starts in their folder. */
const STARTS_ITSELF = /(?:^|[/!])(?:sitecustomize|usercustomize)\.py$/;

export function reportScripts(inspection: Inspection, report: Report): void {
  for (const { file, content } of readBy(inspection, textInspector)) {
    const name = file.member ?? file.path;
    if (STARTS_ITSELF.test(name)) report(SCRIPT, { file, offset: 0, about: 'starts', title: `${shown(name, 80)} runs by itself whenever Python starts beside it`, severity: 'medium', sure: 'read', evidence: [sourceShown('How it begins', content.slice(0, 600))] });
    if (!SCRIPT_NAME.test(name) && !content.startsWith('#!')) continue;
    const followed = PYTHON.test(name) || PYTHON_START.test(content) ? reportDeeds(file, name, content, report) : new Set<number>();
    reportLines(file, name, content, followed, report);
  }
}

/** What a Python source does, call by call. Returns the lines that were told of, from 1. */
function reportDeeds(file: InspectedFile, name: string, content: string, report: Report): Set<number> {
  const told = new Set<number>();
  for (const { what, severity, at } of deedsOf(content)) {
    const line = content.slice(0, at).split('\n').length;
    told.add(line);
    report(SCRIPT, { file, about: what, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what}`, severity, sure: 'inferred', evidence: [sourceShown(`From line ${line}`, content.slice(content.lastIndexOf('\n', at) + 1, at + 500))] });
  }
  return told;
}

/** Known ways of hiding, a line told once. */
function reportLines(file: InspectedFile, name: string, content: string, told: Set<number>, report: Report): void {
  const python = PYTHON.test(name);
  const lines = logicalLines(content, name);
  const tell = (line: number, what: string, severity: Severity, text: string): void => {
    if (!told.has(line)) report(SCRIPT, { file, about: `line ${line}`, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what}`, severity, sure: 'inferred', evidence: [sourceShown('The line', text)] });
    told.add(line);
  };
  for (const { text, line } of lines) {
    if (python && (/^\s{0,200}#/.test(text) || isInstaller(text))) continue;
    const odd = python ? oddLine(text, true) : undefined;
    const deed = python ? (odd === undefined ? undefined : { what: odd, severity: SCRIPT.severity }) : commandDeed(text);
    if (deed !== undefined) tell(line, deed.what, deed.severity, text);
  }
  if (python) return;
  const plain = lines.map(({ text }) => text);
  const started = fetchedAndRun(plain, false);
  if (started !== undefined) tell(lines[started.at]?.line ?? 1, started.what, 'high', plain[started.at] ?? '');
  const sends = sendingLine(plain);
  if (sends !== undefined) tell(lines[sends]?.line ?? 1, 'sends keys or settings of this machine to another', 'high', plain[sends] ?? '');
}
