// Lines of scripts that do what no model's code needs: run hidden text, call out, delete everything.

/** Each on one line of at most 4,000 characters; every quantifier is bounded. */
const PATTERNS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\b(?:exec|eval)\s{0,4}\(\s{0,4}(?:__import__|compile|base64|zlib|marshal|codecs|bytes\.fromhex|binascii|getattr|lzma|gzip)\b/, 'runs text that it decodes first'],
  [/\b(?:exec|eval)\s{0,4}\([^\n]{0,200}(?:b64decode|fromhex|decompress|urlopen|requests\.get)\b/, 'runs text that it decodes or downloads first'],
  [/\bmarshal\.loads\s{0,4}\(/, 'runs bytecode that it carries'],
  [/\/dev\/tcp\//, 'opens a connection out of a shell'],
  [/\b(?:curl|wget)\b[^\n|]{0,300}\|\s{0,4}(?:sudo\s{1,4})?(?:ba|z|da)?sh\b/, 'runs what it downloads'],
  [/\bos\.dup2\s{0,4}\([^\n]{0,80}fileno\s{0,4}\(/, 'hands a shell to a connection'],
  [/\bpty\.spawn\s{0,4}\(/, 'spawns a shell'],
  [/\bpowershell(?:\.exe)?\b[^\n]{0,120}\s-e(?:nc|ncodedcommand)?\b/i, 'runs encoded PowerShell'],
  [/\brm\s{1,4}-[a-zA-Z]{0,4}[rR][a-zA-Z]{0,4}\s{1,4}(?:--no-preserve-root\s{1,4})?(?:\/|~|\$HOME)(?:\*|\/?\s|\/?$|\/?[;&|])/, 'deletes everything'],
  [/\bIEX\s{0,4}\(\s{0,4}New-Object\s{1,4}Net\.WebClient/i, 'runs what it downloads'],
];
const MAX_LINE = 4000;

/** What the line does; undefined for an ordinary one. */
export function oddLine(line: string): string | undefined {
  const text = line.slice(0, MAX_LINE);
  return PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
}
