// Files that commands fetch and then start, and answers that they keep in a variable and run, over the lines of one text: curl,
// wget, PowerShell, CMake's file(DOWNLOAD), Ant, Groovy, Rust and Julia. Set-up scripts fetch installers every day: who asks says
// whether any such file is told, or only one that is hidden, comes over no safe connection, or from a bare address.
// What it can miss: names of files that are put together at run time; archives that are unpacked and then started.
import { isKnownSource } from './installers.ts';
import { isInsecure } from './handed-to-shell.ts';

export interface FetchedAndRun {
  readonly what: string;
  /** Index of the line that starts it. */
  readonly at: number;
}

interface Fetched {
  /** As it is written, without quotes. */
  readonly file: string;
  readonly address: string;
  readonly at: number;
  /** Held in a variable, not in a file. */
  readonly held?: true;
  /** The content is compared with a hash before. */
  readonly pinned?: true;
}

/** CWE-400. */
const MAX_FETCHED = 32;
const MAX_LINE = 4000;
const MAX_PLACES = 8;

const HIDDEN = /(?:^|[\\/])\.(?!\.?[\\/])[\w-]/;
const TEMPORARY = /%(?:TEMP|TMP|APPDATA|LOCALAPPDATA|PUBLIC|PROGRAMDATA)%|\$\{?env:(?:TEMP|TMP|APPDATA|LOCALAPPDATA|PUBLIC|PROGRAMDATA)\b|\/dev\/shm\//i;

/** `any`: nobody starts these lines by hand, so that whatever they fetch and start is told. */
export function fetchedAndRun(lines: readonly string[], any: boolean): FetchedAndRun | undefined {
  const fetched: Fetched[] = [];
  const library = lines.find((line) => LIBRARY.test(line.slice(0, MAX_LINE)));
  const address = library === undefined ? '' : (ADDRESS.exec(library)?.[0] ?? '');
  for (const [at, whole] of lines.entries()) {
    const line = whole.slice(0, MAX_LINE);
    const hit = fetched.find((one) => (one.held === true ? runsHeld(line, one.file) : runsFile(line, one)));
    if (hit !== undefined) return { what: 'starts what it fetches', at };
    if (fetched.length >= MAX_FETCHED) continue;
    const found = [fetchedBy(line, at), heldBy(line, at), library === undefined ? undefined : writtenBy(line, address, at)].find((one) => one !== undefined && told(one, any));
    if (found !== undefined) fetched.push(found);
    // On one line: curl -o a … && ./a
    if (found !== undefined && found.held !== true && runsFile(line, found)) return { what: 'starts what it fetches', at };
  }
  return undefined;
}

function told({ file, address, pinned, held }: Fetched, any: boolean): boolean {
  if (pinned === true || isKnownSource(address)) return false;
  return any || held === true || HIDDEN.test(file) || (address !== '' && TEMPORARY.test(file)) || isInsecure(address);
}

const ADDRESS = /\b(?:https?|ftp):\/\/[^\s"'`,)]{1,400}/i;

function fetchedBy(line: string, at: number): Fetched | undefined {
  const address = ADDRESS.exec(line)?.[0] ?? '';
  const cmake = /\bfile\s{0,4}\(\s{0,4}DOWNLOAD\s{1,4}(\S{1,400})\s{1,4}("[^"]{1,400}"|\S{1,400})/i.exec(line);
  if (cmake !== null) return { file: bare(cmake[2] ?? ''), address, at, ...(/\bEXPECTED_(?:HASH|MD5)\b/i.test(line) ? { pinned: true } : {}) };
  const method = /\b(?:DownloadFile(?:Async)?|urlretrieve|download)\s{0,4}\(\s{0,4}["'][^"'\n]{1,400}["']\s{0,4},\s{0,4}["']([^"'\n]{1,400})["']|\bget\s{0,4}\(?\s{0,4}src\s{0,4}:\s{0,4}["'][^"'\n]{1,400}["']\s{0,4},\s{0,4}dest\s{0,4}:\s{0,4}["']([^"'\n]{1,400})["']/i.exec(line);
  if (method !== null) return { file: method[1] ?? method[2] ?? '', address, at };
  const shell = /\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod|Start-BitsTransfer)\b[^\n]{0,600}?\s-(?:OutFile|o|Out|Destination)[\s:]{1,4}("[^"\n]{1,400}"|'[^'\n]{1,400}'|[^\s;|)]{1,400})/i.exec(line);
  if (shell !== null) return { file: bare(shell[1] ?? ''), address, at };
  const tool = /\b(curl|wget)(?:\.exe)?["']?\s([^\n|;&]{1,1200})/.exec(line);
  return tool === null || (address === '' && !/\$\{?\w|%\w/.test(tool[2] ?? '')) ? undefined : byWords(tool[1] === 'curl', tool[2] ?? '', address, at);
}

/** curl and wget: -o NAME, -O, --output=NAME, > NAME; wget without any writes under the last part of the address. */
function byWords(curl: boolean, rest: string, address: string, at: number): Fetched | undefined {
  const words = rest.match(/"[^"]{0,400}"|'[^']{0,400}'|[^\s"']{1,400}/g) ?? [];
  const named = words.findIndex((word) => /^>{1,2}$/.test(word) || (curl ? /^(?:-[a-zA-Z]{0,6}o|--output)$/.test(word) : /^(?:-[a-zA-Z]{0,6}O|--output-document)$/.test(word)));
  const joined = words.map((word) => /^(?:--output(?:-document)?=|>)(.{1,400})$/.exec(word)?.[1]).find((word) => word !== undefined);
  const own = (address.split(/[?#]/, 1)[0] ?? '').split('/').at(-1) ?? '';
  const file = named >= 0 ? bare(words[named + 1] ?? '') : (joined ?? (!curl || words.some((word) => /^(?:-[a-zA-Z]{0,6}O|--remote-name)$/.test(word)) ? own : ''));
  return file.length < 2 || file.startsWith('-') || file === '/dev/null' ? undefined : { file: bare(file), address, at };
}

/** x=$(curl …), $x = irm …, def x = new URL('…').text, x = Downloads.download("…"), OUTPUT_VARIABLE X */
function heldBy(line: string, at: number): Fetched | undefined {
  const match = /^\s{0,200}(?:@|local\s{1,4}|export\s{1,4}|def\s{1,4}|val\s{1,4}|var\s{1,4}|String\s{1,4})?(\$?\w{1,60})\s{0,4}=\s{0,4}["']?(?:\$?[(`]\s{0,4}(?:curl|wget)\b|[^\n=]{0,60}\b(?:irm|iwr|Invoke-RestMethod|Invoke-WebRequest|DownloadString)\b|new\s{1,4}URL\s{0,4}\([^\n]{1,400}\)\s{0,4}\.(?:text|getText|readText|bytes)|(?:java\.net\.)?URL\s{0,4}\([^\n]{1,400}\)\s{0,4}\.readText|(?:Downloads\.)?download\s{0,4}\()/.exec(line);
  const kept = /\bexecute_process\b[^\n]{0,600}\bhttps?:\/\/[^\n]{0,600}\bOUTPUT_VARIABLE\s{1,4}(\w{1,60})/.exec(line)?.[1];
  if (kept !== undefined) return { file: kept, address: ADDRESS.exec(line)?.[0] ?? '', at, held: true };
  return match === null ? undefined : { file: (match[1] ?? '').replace('$', ''), address: ADDRESS.exec(line)?.[0] ?? '', at, held: true };
}

/** What stands before a variable whose content is run. */
const RUNS_HELD = /(?:\b(?:eval|iex|Invoke-Expression|evaluate|run|include_string|include|Command::new|\[scriptblock\]::Create)|-c["']?,?)\s{0,4}[({[]?\s{0,4}["'`]{0,2}(?:\$\{?)?$/i;

function runsHeld(line: string, name: string): boolean {
  let at = line.indexOf(name);
  for (let tries = 0; at >= 0 && tries < MAX_PLACES; tries++, at = line.indexOf(name, at + 1)) {
    if (/^\W?$/.test(line.slice(at + name.length, at + name.length + 1)) && RUNS_HELD.test(line.slice(Math.max(0, at - 80), at))) return true;
  }
  return false;
}

/** Sources that fetch by a library, and write what came. */
const LIBRARY = /\b(?:reqwest|ureq|minreq|attohttpc|isahc)::[^\n]{0,80}\bget\b|\b(?:ureq|reqwest)::get\b|\bnew\s{1,4}URL\s{0,4}\(/;

function writtenBy(line: string, address: string, at: number): Fetched | undefined {
  const file = /\b(?:fs::write|File::create|new\s{1,4}File)\s{0,4}\(\s{0,4}&?["']([^"'\n]{1,400})["']/.exec(line)?.[1];
  return file === undefined ? undefined : { file, address, at };
}

/** What stands before a name that is started: the beginning of a command, or an interpreter. */
const STARTS = /(?:^|[;&|({]|\bthen|\bdo|\bCOMMAND|\bexec|\bexecutable|\bargs?|\bcommandLine|\bsudo|\bnohup|\bsetsid|\benv|\bcall|\bstart(?:\s{1,4}(?:""|\/\w{1,8}))*|\b(?:ba|z|da|k)?sh(?:\s{1,4}-\w{1,8})*|\bsource|\s\.|\b(?:python[\d.]*|perl|ruby|node|php|julia|Rscript)|\b(?:powershell|pwsh)(?:\.exe)?[^|;\n]{0,120}-File|\b(?:Start-Process|saps|Invoke-Item|ii)(?:\s{1,4}-\w{1,20}(?:\s{1,4}(?:Hidden|Minimized|RunAs))?)*|\bExec\w{0,12}=[-@:+!]{0,3}|\bCommand::new|\binclude|\bspawn|\brun|\bchmod\s{1,4}\S{1,12}|\bCHMOD)\s{0,4}[({[]?\s{0,4}["'`]{0,2}(?:\.[\\/])?$/;

function runsFile(line: string, { file, address }: Fetched): boolean {
  if (file.length < 2) return false;
  const text = line.replaceAll(address === '' ? '\0' : address, '#');
  let at = text.indexOf(file);
  for (let tries = 0; at >= 0 && tries < MAX_PLACES; tries++, at = text.indexOf(file, at + 1)) {
    if (/^(?:$|["'`\s;&|)},\]])/.test(text.slice(at + file.length, at + file.length + 1)) && STARTS.test(text.slice(Math.max(0, at - 160), at).replace(/\bchmod\s{1,4}0?[0-6]{3,4}\s{1,4}$/, '#'))) return true;
  }
  return false;
}

function bare(text: string): string {
  return text.trim().replace(/^["'`]{1,2}|["'`]{1,2}$/g, '');
}
