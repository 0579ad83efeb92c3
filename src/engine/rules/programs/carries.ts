// Keys and passwords that a command or a script sends to another machine: files of a home that hold them, and the environment,
// on one line (curl -F f=@~/.aws/credentials) or taken on one and sent on another. Naming a key to a program (ssh -i) and
// sending a token in a header are ordinary. Lines as they are usually written; every quantifier is bounded.

const HOME = String.raw`(?:~|\$\{{0,1}HOME\}{0,1}|\$ENV\{HOME\}|\$\{{0,1}env:(?:USERPROFILE|HOME|APPDATA|LOCALAPPDATA)\}{0,1}|%(?:USERPROFILE|APPDATA|LOCALAPPDATA)%|\/root|\/home\/[\w.$-]{1,40})`;
const KEPT = String.raw`(?:aws|ssh|gnupg|kube|netrc|azure|docker\/config\.json|config\/(?:gcloud|gh|rclone|op)|npmrc|pypirc|git-credentials|cargo\/credentials|cache\/huggingface\/token|huggingface\/token|mozilla|bash_history|zsh_history|password-store|vault-token|electrum|bitcoin|claude|codex)`;
export const SECRET_FILE = String.raw`(?:${HOME}[\\/]{1,2}\.${KEPT}\b(?![\w/\\.-]{0,60}\.pub\b)|\.ssh[\\/]{1,2}id_(?:rsa|dsa|ecdsa|ed25519)\b(?!\.pub)|\.aws[\\/]{1,2}credentials\b|\/etc\/shadow\b)`;
const SENDER = String.raw`\b(?:curl|wget|nc|ncat|netcat|socat|Invoke-WebRequest|Invoke-RestMethod|iwr|irm|rclone)\b`;

const AT_ONCE: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:cat|tar|zip|base64|gzip|xxd|head|find|tee|Get-Content|gc|type)\b[^\n]{0,200}?${SECRET_FILE}[^\n]{0,200}?\|[^\n]{0,120}?${SENDER}`),
  new RegExp(String.raw`${SENDER}[^\n]{0,300}?(?:@|<\s{0,4}|--post-file[= ]|--body-file[= ]|\s-[a-zA-Z]{0,6}T\s{0,4}|--upload-file[= ]|-InFile\s{1,4})["']?${SECRET_FILE}`),
  new RegExp(String.raw`${SENDER}[^\n]{0,300}?(?:\$\(|${'`'})\s{0,4}(?:cat|base64|tar|gzip|head|xxd)\b[^\n]{0,100}?${SECRET_FILE}`),
  new RegExp(String.raw`${SENDER}[^\n]{0,200}?(?:\$\(|${'`'})\s{0,4}(?:env|printenv|set|export)\b|\b(?:env|printenv)\s{0,4}\|\s{0,4}(?:\w{2,10}(?:\s{1,4}-\w{1,8}){0,3}\s{0,4}\|\s{0,4}){0,3}(?:curl|nc|ncat|wget)\b`),
];
const TAKES = new RegExp(String.raw`(?:\b(?:cat|tar|zip|base64|gzip|find|Compress-Archive|Get-Content|readFileSync|readFile|read_to_string|read_dir|walkdir|readdirSync|File\.read|IO\.read|file_get_contents)\b|\bfor\s{1,4}\w{1,40}\s{1,4}in\b)[^\n]{0,200}?${SECRET_FILE}`);
const SENDS = /\b(?:curl|wget)\b[^\n]{0,300}?(?:(?:-[a-zA-Z]{0,6}[Fd]|--form|--data(?:-\w{1,12})?)[= ]{0,4}["']?[^\s"']{0,60}[@$]|\s-[a-zA-Z]{0,6}T\s{0,4}\S|--upload-file[= ]|--post-file[= ]|--body-file[= ])|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,300}-(?:InFile|Body)\b|\b(?:nc|ncat)\b[^\n]{0,80}<|\brclone\s{1,4}(?:copy|sync)\b|\b(?:fetch|axios\.post|reqwest|ureq::post|http\.request|https\.request)\b[^\n]{0,200}(?:POST|post)/;
const LOCAL = /\bhttps?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)/i;
const MAX_LINE = 4000;

/** A line that takes and sends. */
export function carriesSecrets(line: string): boolean {
  const text = line.slice(0, MAX_LINE);
  return AT_ONCE.some((pattern) => pattern.test(text)) && !LOCAL.test(text);
}

/** Of several lines the one that sends, where another takes; undefined where nothing is carried away. */
export function sendingLine(lines: readonly string[]): number | undefined {
  if (!lines.some((line) => TAKES.test(line.slice(0, MAX_LINE)))) return undefined;
  const at = lines.findIndex((line) => SENDS.test(line.slice(0, MAX_LINE)) && !LOCAL.test(line));
  return at < 0 ? undefined : at;
}
