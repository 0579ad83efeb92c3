// Rules: shortcuts, which look like documents and start programs or reach for other machines when they are opened or merely
// shown: Desktop Entry files (freedesktop.org, Desktop Entry Specification 1.5), Windows' .url, .scf, .library-ms and desktop.ini,
// macOS' .webloc. Shortcuts in Windows' own binary form (.lnk) are told as programs.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import type { Severity } from '../../core/finding.ts';
import { shown, shownLines } from '../evidence.ts';
import { commandDeed } from '../programs/command-deed.ts';
import { pipesDownload } from '../programs/handed-to-shell.ts';
import { analysisOf, type Rule } from '../rule.ts';

const SHORTCUT: Rule = {
  id: 'ASY-EXE-012', title: 'A shortcut that starts a program or reaches for another machine', severity: 'high',
  misses: 'What a program does that is started by its own name alone is not known. Binary property lists are not read.',
  references: ['AML.T0011.000', 'CWE-506', 'CWE-829'], remedy: 'Do not open it. A model needs no shortcut.',
};

interface ShortcutDeed {
  readonly what: string;
  readonly severity: Severity;
  readonly line: number;
  readonly text: string;
}

const NAME = /\.(?:desktop|url|website|webloc|inetloc|scf|library-ms|searchconnector-ms|search-ms)$|(?:^|[/!])desktop\.ini$/i;
/** Shortcuts have some dozen lines (CWE-400). */
const MAX_LINES = 2000;
const MAX_LINE = 4000;

export const shortcuts = analysisOf({
  id: 'shortcuts',
  label: 'Shortcuts',
  limits: 'Shortcuts in text: desktop entries, addresses and folders of Windows, links of macOS. Judged by what they start and where they point.',
  rules: [SHORTCUT],
  inapplicable: ({ inspection }) => (readBy(inspection, textInspector).some(({ file }) => NAME.test(file.member ?? file.path)) ? undefined : 'no shortcut'),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, textInspector)) {
      const name = file.member ?? file.path;
      if (!NAME.test(name)) continue;
      for (const { what, severity, line, text } of deedsOf(content, /\.desktop$/i.test(name))) report(SHORTCUT, { file, about: `line ${line}`, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what}: ${shown(text, 120)}`, severity, sure: 'read', evidence: [{ kind: 'source', title: `Line ${line}`, text: shownLines(text, 600), marks: [] }] });
    }
  },
});

function deedsOf(content: string, entry: boolean): ShortcutDeed[] {
  return content.split('\n', MAX_LINES).flatMap((whole, i): ShortcutDeed[] => {
    const text = whole.slice(0, MAX_LINE).trim();
    const found = entry ? entryDeed(text) : pointerDeed(text);
    return found === undefined ? [] : [{ ...found, line: i + 1, text }];
  });
}

/** Interpreters and tools that do what they are told: no application of its own stands behind the entry. */
const INTERPRETER = /^(?:"|')?(?:\S{0,80}\/)?(?:(?:ba|z|da|k|fi)?sh|python[\d.]{0,6}|perl|ruby|node|php|curl|wget|nc|ncat|xterm|gnome-terminal|konsole|x-terminal-emulator|pkexec|sudo|osascript|dbus-send|gio|xdg-open)\b/;
/** Of interpreters what is run: code on the line, a file beside the entry or in a hidden folder. */
const GIVEN = /\s-{1,2}(?:\w{0,3}[ce]|exec(?:ute)?|command)\b|\s(?:\.{1,2}\/|~\/|\/tmp\/|\S{0,200}\/\.\w)|\bhttps?:\/\//;

function entryDeed(line: string): Omit<ShortcutDeed, 'line' | 'text'> | undefined {
  const command = /^(?:Try)?Exec\s{0,4}=\s{0,4}(.{1,3000})$/.exec(line)?.[1];
  if (command === undefined) return /^URL(?:\[\w{1,10}\])?\s{0,4}=/.test(line) ? pointerDeed(line) : undefined;
  const deed = commandDeed(command);
  if (deed !== undefined) return { what: deed.what, severity: deed.severity };
  if (pipesDownload(command)) return { what: 'runs what it downloads', severity: 'high' };
  const bare = command.replace(/^(?:"|')?(?:\S{0,80}\/)?env(?:"|')?\s{1,4}(?:-\w{1,4}\s{1,4}|\w{1,40}=\S{0,200}\s{1,4}){0,8}/, '');
  if (INTERPRETER.test(bare) && GIVEN.test(bare)) return { what: 'hands a command to an interpreter when it is opened', severity: 'high' };
  return /^["']?(?:\.{1,2}\/|~\/|\/tmp\/|\S{0,200}\/\.\w)/.test(bare) ? { what: 'starts a program that lies beside it when it is opened', severity: 'medium' } : undefined;
}

const TARGET = /^(?:URL|BASEURL|OpenURL|WorkingDirectory|Target)(?:\[\w{1,10}\])?\s{0,4}=\s{0,4}(.{1,3000})$|<(?:string|url)>([^<]{1,3000})<\/(?:string|url)>/i;
const PICTURE = /^(?:IconFile|IconResource|HotIconFile|Logo|InfoTip|ConfirmFileOp)\s{0,4}=\s{0,4}(.{1,3000})$/i;
/** Another machine's share: opening, or only showing, it hands over how the person signs in (CVE-2010-2568 and many after it). */
const SHARE = /^(?:\\\\|\/\/|file:\/{2,5}(?!\/)(?!localhost\/)[\w.-]{1,80}[/\\@]|smb:|webdavs?:|davs?:)/i;

function pointerDeed(line: string): Omit<ShortcutDeed, 'line' | 'text'> | undefined {
  const picture = PICTURE.exec(line)?.[1]?.replace(/^["']/, '');
  if (picture !== undefined) return /^\\\\|^file:\/\/[^/]|^smb:/i.test(picture) ? { what: 'fetches its picture from another machine, which tells that machine who looks', severity: 'high' } : undefined;
  const match = TARGET.exec(line);
  const target = (match?.[1] ?? match?.[2])?.trim().replace(/^["']/, '');
  if (target === undefined) return undefined;
  if (/^file:\/{3,5}|^[A-Za-z]:[\\/]|^file:\/\/localhost\//i.test(target)) return { what: 'opens a file or program of this machine', severity: /\.(?:exe|bat|cmd|com|scr|ps1|vbs|js|hta|lnk|msi|dll|cpl|app|command|sh|jar)\b|system32|\.app\/?$/i.test(target) ? 'high' : 'medium' };
  if (SHARE.test(target)) return { what: 'opens a folder of another machine', severity: 'high' };
  return /^(?!https?:|mailto:|ftp:)[a-z][a-z0-9+.-]{1,30}:/i.test(target) ? { what: 'hands an address to a program of this machine', severity: 'medium' } : undefined;
}
