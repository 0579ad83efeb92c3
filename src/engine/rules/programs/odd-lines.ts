// Lines of scripts that do what no model's code needs: run hidden text, call out, delete everything.

import { isKnownInstaller } from './installers.ts';

/** Ordinary where the published installer of a well-known tool is meant. */
export const FETCHED = 'runs what it downloads';

/** What the calls of a Python source tell better: patterns of whole lines find them in notes, help and honest code as well. */
const BY_CALLS = true;

/** Each on one line of at most 4,000 characters; every quantifier is bounded. */
const PATTERNS: readonly (readonly [pattern: RegExp, what: string, byCalls?: typeof BY_CALLS])[] = [
  [/\b(?:exec|eval)\s{0,4}\(\s{0,4}(?:__import__|compile|base64|zlib|marshal|codecs|bytes\.fromhex|binascii|getattr|lzma|gzip)\b/, 'runs text that it decodes first', BY_CALLS],
  [/\b(?:exec|eval)\s{0,4}\([^\n]{0,200}(?:b64decode|fromhex|decompress|urlopen|requests\.get)\b/, 'runs text that it decodes or downloads first'],
  [/\bmarshal\.loads\s{0,4}\(/, 'runs bytecode that it carries', BY_CALLS],
  [/\/dev\/(?:tcp|udp)\/(?!localhost\b|127\.)/, 'opens a connection out of a shell'],
  [/\b(?:curl|wget)\b[^\n|]{0,300}\|\s{0,4}(?:sudo\s{1,4})?(?:ba|z|da)?sh\b/, FETCHED],
  [/\bos\.dup2\s{0,4}\(\s{0,4}(?!sys\.)\w{1,40}\.fileno\s{0,4}\(/, 'hands a shell to a connection', BY_CALLS],
  [/\bpty\.spawn\s{0,4}\(/, 'spawns a shell', BY_CALLS],
  [/\bpowershell(?:\.exe)?\b[^\n]{0,120}\s-e(?:nc|ncodedcommand)?\b/i, 'runs encoded PowerShell'],
  [/\brm\s{1,4}-[a-zA-Z]{0,4}[rR][a-zA-Z]{0,4}\s{1,4}(?:--no-preserve-root\s{1,4})?(?:\/|~|\$HOME)(?:\*|\/?\s|\/?$|\/?[;&|])/, 'deletes everything'],
  [/\bgetattr\s{0,4}\(\s{0,4}__import__\s{0,4}\(/, 'reaches for a function by a name put together', BY_CALLS],
  [/(?:\b(?:open|read\w*|copy\w*|cat|cp|scp|tar|zip|Path|join|glob|listdir|expanduser|curl|nc|echo|tee)\b|>|@)[^\n]{0,200}(?:(?<!-i\s{1,4}[^\s]{0,60})\.ssh[/\\](?:authorized_keys|id_(?:rsa|dsa|ecdsa|ed25519))\b|\.aws[/\\]credentials\b|\/etc\/shadow\b|\.gnupg[/\\]|\.kube[/\\]config\b)/, 'reaches for keys and passwords', BY_CALLS],
  [/\b(?:requests\.(?:post|put|get)|urlopen|gethostbyname|sendto|send(?:all)?)\s{0,4}\([^\n]{0,300}\bos\.environ\b/, 'sends the environment away', BY_CALLS],
  [/\b(?:nc|ncat|netcat)\s{1,4}(?:-\w{1,6}\s{1,4}){0,4}-[a-z]{0,4}e[a-z]{0,4}\s{1,4}\/bin\//, 'hands a shell to a connection'],
  [/\bCFUNCTYPE\s{0,4}\([^\n]{0,200}\)\s{0,4}\([^\n]{0,100}addressof\b|\bVirtualAlloc\b|\bCreateRemoteThread\b/, 'runs machine code out of memory'],
  [/\bpip["']?\s{0,4},\s{0,4}["']install["'][^\n]{0,200}(?:git\+|https?:)/, 'installs a package from somewhere else than the index'],
  [/^\s{0,20}Exec\s{0,4}=\s{0,4}(?:\/bin\/|\/usr\/bin\/)?(?:ba|z|da)?sh\s{1,4}-c\b/, 'runs a shell when it is opened'],
  [/^\s{0,20}(?:open|shellexecute)\s{0,4}=\s{0,4}[^\n]{1,200}\.(?:exe|bat|cmd|vbs|scr|ps1)\b/i, 'runs a program when a disk is opened'],
  [/^\s{0,20}(?:fsmonitor|sshCommand|hooksPath|gitProxy|askPass)\s{0,4}=\s{0,4}[^\n]{0,40}(?:\bsh\b|\bcurl\b|\bwget\b|\bpython|\||\/tmp\/)/i, 'makes git run a command'],
  [/^\s{0,20}url\s{0,4}=\s{0,4}(?:ext::|-)/, 'makes git run a command'],
  [/\bCreateObject\s{0,4}\(\s{0,4}["']WScript\.Shell["']/i, 'starts programs'],
  [/\beval\s{0,4}\(\s{0,4}Meta\.parse\b[^\n]{0,200}\b(?:base64decode|download|hex2bytes)\b/, 'runs text that it decodes or downloads first'],
  [/\binclude\s{0,4}\(\s{0,4}(?:Downloads\.)?download\s{0,4}\(|\bpipeline\s{0,4}\(\s{0,4}`(?:curl|wget)\b[^\n`]{0,300}`\s{0,4},\s{0,4}`(?:ba|z|da)?sh\b/, FETCHED],
  [/\bos\.environ\[\s{0,4}["'](?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES)["']\s{0,4}\]\s{0,4}=\s{0,4}["'](?:\.{1,2}\/|~|\/(?:tmp|dev\/shm)\/)/, 'makes every program load what lies beside it'],
  [/\bIEX\s{0,4}\(\s{0,4}New-Object\s{1,4}Net\.WebClient/i, FETCHED],
];
const MAX_LINE = 4000;

/** What the line does; undefined for an ordinary one. `called`: the calls of this source are followed. */
export function oddLine(line: string, called = false): string | undefined {
  const text = line.slice(0, MAX_LINE);
  return PATTERNS.find(([pattern, what, byCalls]) => !(called && byCalls === true) && pattern.test(text) && !(what === FETCHED && isKnownInstaller(text)))?.[1];
}
