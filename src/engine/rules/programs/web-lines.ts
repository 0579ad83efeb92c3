// Lines of scripts that are not Python: JavaScript and pages, PowerShell and batch files, shells. What starts programs, runs what
// was downloaded or decoded, sends away what a browser keeps, or settles in the machine. Texts that are written in pieces
// ('child_' + 'process') are put together first. Whoever hides better (names out of arrays, ciphers) is not found.
import type { Severity } from '../../core/finding.ts';
import { isKnownInstaller } from './installers.ts';
import { FETCHED } from './odd-lines.ts';

export interface ScriptDeed {
  readonly what: string;
  readonly severity: Severity;
}

/** Every quantifier is bounded. */
const PATTERNS: readonly (readonly [pattern: RegExp, what: string, severity: Severity])[] = [
  [/^(?!\s{0,200}(?:\*|\/\/)).{0,3900}?\b(?:(?:require|import)\s{0,4}\(?\s{0,4}["'`](?:node:)?child_process["'`]|from\s{1,4}["'`](?:node:)?child_process["'`])/, 'starts programs', 'medium'],
  [/\b(?:eval|setTimeout|new\s{1,4}Function|Function)\s{0,4}\(\s{0,4}(?:window\.)?(?:atob|unescape|decodeURIComponent|String\.fromCharCode|Buffer\.from)\b/, 'runs text that it decodes first', 'high'],
  [/\b(?:fetch|sendBeacon|axios(?:\.\w{1,10})?|open|get|post|send|ajax)\s{0,4}\(\s{0,4}(?:["'`](?:GET|POST)["'`]\s{0,4},\s{0,4})?["'`](?:https?:)?\/\/[^\n]{0,300}\b(?:document\.cookie|localStorage|sessionStorage|clipboard\.readText)\b/i, 'sends away what the browser keeps', 'high'],
  [/\b(?:src|href|location)\s{0,4}=\s{0,4}["'`]?(?:https?:)?\/\/[^\n]{0,200}["'`]\s{0,4}\+[^\n]{0,100}\b(?:document\.cookie|localStorage|sessionStorage)\b/i, 'sends away what the browser keeps', 'high'],
  [/\bprocess\.(?:binding|dlopen)\s{0,4}\(/, 'loads native code', 'medium'],
  [/(?:\b(?:iex|invoke-expression)\b|\[scriptblock\]::create\b)[^\n]{0,200}\b(?:downloadstring|downloadfile|invoke-webrequest|iwr|irm|invoke-restmethod|net\.webclient)\b|\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b[^\n]{0,200}\|\s{0,4}(?:iex|invoke-expression)\b/i, FETCHED, 'high'],
  [/\b(?:iex|invoke-expression)\b[^\n]{0,200}\bfrombase64string\b|\bfrombase64string\b[^\n]{0,300}\|\s{0,4}(?:iex|invoke-expression)\b/i, 'runs text that it decodes first', 'high'],
  [/\b(?:Add|Set)-MpPreference\b[^\n]{0,120}-(?:Exclusion|Disable)/i, 'switches off the virus scanner', 'high'],
  [/\[(?:System\.)?Reflection\.Assembly\]::Load(?:File|From)?\s{0,4}\(\s{0,4}(?:\[|\$)/i, 'runs a program out of memory', 'high'],
  [/\bcertutil(?:\.exe)?\b[^\n]{0,120}[-/](?:urlcache|decode|decodehex)\b|\bbitsadmin(?:\.exe)?\b[^\n]{0,120}\/transfer\b/i, 'fetches or unpacks a program by a tool of the system', 'high'],
  [/\bmshta(?:\.exe)?\s{1,4}["']?(?:https?:|javascript:|vbscript:)|\bregsvr32(?:\.exe)?\b[^\n]{0,120}\/i:https?:|\brundll32(?:\.exe)?\b[^\n]{0,80}javascript:/i, 'runs a script by a tool of the system', 'high'],
  [/\breg(?:\.exe)?\s{1,4}add\b[^\n]{0,200}\\Run(?:Once)?\b|\bschtasks(?:\.exe)?\b[^\n]{0,80}\/create\b/i, 'sees to it that it is started again', 'high'],
  [/\b(?:powershell|pwsh)(?:\.exe)?\b[^\n]{0,200}\s-w(?:i|in|indowstyle)?\s{1,4}["']?(?:hidden|1)\b[^\n]{0,600}\b(?:iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod|DownloadFile|DownloadString|WebClient|Start-BitsTransfer|iex|Invoke-Expression|https?:\/\/)|\bStart-BitsTransfer\b[^\n]{0,400}[;&][^\n]{0,200}\bStart-Process\b/i, 'fetches or starts something in a window that nobody sees', 'high'],
  [/\b(?:base64\s{1,4}(?:-d|-D|--decode)|xxd\s{1,4}-r|uudecode|openssl\s{1,4}(?:enc|base64)|rev|gunzip|tr)\b[^\n|]{0,100}\|\s{0,4}(?:(?:gunzip|zcat|xz|rev|tac)\b[^\n|]{0,40}\|\s{0,4})?(?:sudo\s{1,4})?(?:\/bin\/|\/usr\/bin\/)?(?:(?:ba|z|da|k)?sh|python\d?|perl)(?=$|[\s"';&)])|\beval\s{1,4}["']?(?:\$\(|`)[^\n]{0,200}\bbase64\b|\b(?:printf|echo\s{1,4}-\w{0,3}e\w{0,3})\s{1,4}["']?(?:\\{1,2}(?:x[\da-fA-F]{1,2}|0?[0-7]{3})){3}[^\n]{0,600}\|\s{0,4}(?:ba|z|da)?sh\b/, 'runs text that it decodes first', 'high'],
  [/\beval\s{1,4}["']?(?:\$\(|`)\s{0,4}(?:curl|wget)\b|(?:\b(?:source|(?:ba|z)?sh)|(?:^|[;&|])\s{0,20}\.)\s{1,4}<\(\s{0,4}(?:curl|wget)\b|\bfor\s{1,4}\/f\b[^\n]{0,200}\(\s{0,4}['"`][^\n)]{0,100}\b(?:curl|powershell|certutil)\b[^\n]{0,400}\)\s{1,4}do\s{1,4}(?:%%\w|cmd|call|start)/, FETCHED, 'high'],
  [/(?:\/\.\w|\/tmp\/|\bcurl\b|\bwget\b)[^\n]{0,300}\|\s{0,4}crontab\s{1,4}-/, 'sees to it that it is started again', 'high'],
  [/\bpython\d?\s{1,4}-c\s{1,4}["'][^\n]{0,400}\b(?:exec|eval)\s{0,4}\([^\n]{0,200}\b(?:urlopen|requests|b64decode|fromhex)\b/, 'runs code that it downloads or decodes', 'high'],
  [/\b(?:curl|wget)\b[^\n]{0,200}\bhttp:\/\/[^\n]{0,200}(?:&&|;)[^\n]{0,120}(?:\bchmod\s{1,4}(?:\+x|[0-7]{3,4})|\b(?:ba)?sh\s{1,4}[^-\s]|(?:^|\s)\.\/)/, 'runs what it downloads without a safe connection', 'high'],
  [/(?:\bcurl\b|\bwget\b|\bbase64\b|\bnc\b|\/dev\/tcp\/)[^\n]{0,200}(?:>>\s{0,4}(?:~|\$HOME)\/\.(?:bashrc|zshrc|profile|bash_profile|zshenv)\b|\|\s{0,4}crontab\b)/, 'sees to it that it is started again', 'high'],
];

const MAX_LINE = 4000;
/** Pages and packed scripts put everything on one line: looked at in pieces that overlap. */
const MAX_PIECES = 256;
const OVERLAP = 600;
const MAX_JOINS = 64;
const PIECES = /(["'`])([^"'`\\\n]{0,200})\1\s{0,4}[+&]\s{0,4}(["'`])([^"'`\\\n]{0,200})\3/;

export function scriptDeed(line: string): ScriptDeed | undefined {
  for (let begin = 0, pieces = 0; begin < Math.max(1, line.length) && pieces < MAX_PIECES; begin += MAX_LINE - OVERLAP, pieces++) {
    const text = joined(line.slice(begin, begin + MAX_LINE));
    const found = PATTERNS.find(([pattern, what]) => pattern.test(text) && !(what === FETCHED && isKnownInstaller(text)));
    if (found !== undefined) return { what: found[1], severity: found[2] };
  }
  return undefined;
}

function joined(text: string): string {
  let result = text;
  for (let i = 0; i < MAX_JOINS; i++) {
    const next = result.replace(PIECES, '"$2$4"');
    if (next === result) break;
    result = next;
  }
  return result;
}
