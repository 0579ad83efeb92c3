// Lines of instructions (README, Dockerfile, Makefile) that hand a download to a shell. Installers of well-known tools are fetched so
// over https every day; over plain http, from a bare address or from a place where anybody leaves files for a day they are not.

import { isKnownInstaller } from './installers.ts';

const PIPED = /\b(?:curl|wget)\b([^\n|;&]{0,400})\|\s{0,4}(?:sudo\s{1,4}(?:-\w{1,4}\s{1,4})?)?(?:env\s{1,4})?(?:\/bin\/|\/usr\/bin\/)?(?:(?:ba|z|da|k)?sh|python\d?|perl|ruby|node)\b|\b(?:ba|z)?sh\s{1,4}(?:-c\s{1,4})?["']?(?:<\(|\$\()\s{0,4}(?:curl|wget)\b([^\n)]{0,400})\)|(?:^|[\s"'])-c["']?,?\s{0,4}["']?\$\(\s{0,4}(?:curl|wget)\b([^\n)]{0,400})\)/;
const OWN = /\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)\b/;
const PASSING = /\b(?:pastebin\.com|paste\.ee|hastebin\.com|transfer\.sh|bit\.ly|tinyurl\.com|is\.gd|t\.co|ngrok(?:-free)?\.(?:io|app)|trycloudflare\.com|file\.io|anonfiles\.com|0x0\.st|termbin\.com|discordapp\.com\/attachments|\.onion)\b/i;
const ADDRESS = /(?:https?|ftp):\/\/(?:[^\s\/@]{1,80}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|0x[\da-f]{8}|\d{8,10}|\[[\da-f:]{2,40}\])(?=[:\/\s"']|$)/i;

/** What is wrong with a line that pipes a download into an interpreter; undefined for ordinary lines. */
export function handedToShell(line: string): string | undefined {
  const match = PIPED.exec(line.slice(0, 4000));
  if (match === null) return undefined;
  const from = match[1] ?? match[2] ?? match[3] ?? '';
  if (OWN.test(from)) return undefined;
  if (ADDRESS.test(from)) return 'runs what it downloads from a bare address';
  if (PASSING.test(from)) return 'runs what it downloads from where anybody leaves files';
  // Without https: whoever sits on the way decides what is run.
  return /\bhttps:\/\//i.test(from) || !/\bhttp:\/\/|\bftp:\/\/|\s[\w.-]+\/?\S*\s*$/i.test(from) || /\$\{?\w/.test(from) ? undefined : 'runs what it downloads without a safe connection';
}

/** Over no safe connection, from a bare address on the open net, or from where anybody leaves files. */
export function isInsecure(address: string): boolean {
  return /^(?:http|ftp):/i.test(address) ? !OWN.test(address) : isBareAddress(address) || PASSING.test(address);
}

/** Machines of one's own network have bare addresses, too. */
const PRIVATE = /:\/\/(?:[^\s\/@]{1,80}@)?(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

export function isBareAddress(text: string): boolean {
  return ADDRESS.test(text) && !PRIVATE.test(text) && !OWN.test(text);
}

export function isPassingPlace(text: string): boolean {
  return PASSING.test(text);
}

/** Whether a line pipes a download into an interpreter, other than the published installer of a well-known tool. */
export function pipesDownload(line: string): boolean {
  return PIPED.test(line.slice(0, 4000)) && !isKnownInstaller(line);
}

/** A text that pipes a download over https into a shell, as installers of tools are run: whether Python runs it is told by its calls. */
export function isInstaller(line: string): boolean {
  return PIPED.test(line.slice(0, 4000)) && /\bhttps:\/\//i.test(line) && handedToShell(line) === undefined;
}
