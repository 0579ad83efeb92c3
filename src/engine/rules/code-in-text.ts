// Text that is code or a command where only names, numbers and notes belong: metadata of weights, values of configurations.
// Every pattern is bounded, and asks for what a note about a model does not say by chance.
import { hiddenFile } from '../artifact/pickle/literals.ts';

interface Signature {
  readonly what: string;
  readonly pattern: RegExp;
}

const FILES: readonly Signature[] = [
  { what: 'a Windows program in base64', pattern: /(?:^|[^A-Za-z0-9+/])TVqQAAMAAAAE[A-Za-z0-9+/]{40}/ },
  { what: 'a Linux program in base64', pattern: /(?:^|[^A-Za-z0-9+/])f0VMRg[A-Za-z0-9+/]{40}/ },
  { what: 'a zip archive in base64', pattern: /(?:^|[^A-Za-z0-9+/])UEsDB[A-Za-z0-9+/]{40}/ },
  { what: 'a pickle in base64', pattern: /(?:^|[^A-Za-z0-9+/])gA[SRUJ]V[A-Za-z0-9+/]{20}/ },
  { what: 'a gzip stream in base64', pattern: /(?:^|[^A-Za-z0-9+/])H4sI[A-Za-z0-9+/]{40}/ },
  { what: 'a program in hexadecimal', pattern: /(?:^|[^0-9a-fA-F])(?:7f454c46|4d5a9000|504b0304)[0-9a-fA-F]{40}/i },
];

/** A field of str.format that goes from what it is given to what the interpreter holds; names of classes and modules are ordinary in it. */
export const FORMAT_ESCAPE = /\{\w{0,40}(?:\.\w{1,40}|\[[\w'"]{1,40}\]){0,8}(?:\.|\[['"]?)__(?:globals|builtins|subclasses|mro|bases?|code|closure|import|getattribute|reduce(?:_ex)?|loader|spec)__/;

const CODE: readonly Signature[] = [
  { what: 'a call into a shell or an interpreter', pattern: /\b(?:os\.(?:system|popen|exec[lv]p?e?)|subprocess\.(?:Popen|run|call|check_output|check_call|getoutput)|__import__|importlib\.import_module|pickle\.loads|marshal\.loads)\s{0,4}\(|\b(?:eval|exec|compile)\((?=\s{0,4}["'\w])/ },
  { what: 'a call into a shell out of Lua, R, C or Java', pattern: /\b(?:os\.execute|io\.popen|loadstring)\s{0,4}\(\s{0,4}["'[]|\b(?:base::)?system2?\(\s{0,4}["']|\bgetRuntime\(\)\s{0,4}\.exec\b/ },
  { what: 'a format that walks to the interpreter behind it', pattern: FORMAT_ESCAPE },
  { what: 'a script for a page', pattern: /<script\b|\bjavascript:/i },
];

const COMMANDS: readonly Signature[] = [
  { what: 'a command that deletes files', pattern: /\brm\s{1,4}-[a-z]{0,4}[rf][a-z]{0,4}\s{1,4}[/~*.$\w]/ },
  { what: 'a command that downloads', pattern: /\b(?:curl|wget)\s{1,4}(?:-{1,2}[\w-]{1,20}\s{1,4}){0,4}["']?(?:https?|ftp):\/\// },
  { what: 'a command for an interpreter', pattern: /\b(?:python[23]?|perl|ruby|node|(?:ba|z|da)?sh)\s{1,4}-[ce]\s{1,4}\\?["']/ },
  { what: 'a command that makes a file executable', pattern: /\bchmod\s{1,4}(?:\+x|[0-7]{3,4})\s/ },
  { what: 'a connection out of a shell', pattern: /\/dev\/tcp\/|\b(?:nc|ncat)\s{1,4}-[a-z]{0,4}e\b|\bbash\s{1,4}-i\b/ },
  { what: 'encoded PowerShell', pattern: /\bpowershell(?:\.exe)?\b[^\n]{0,120}\s-e(?:nc|ncodedcommand)?\b/i },
];

const MAX_TEXT = 2 ** 20;

/** What `text` carries that runs, and where; undefined for ordinary text. */
export function codeInText(text: string): { readonly what: string; readonly at: number } | undefined {
  const searched = text.slice(0, MAX_TEXT);
  for (const { what, pattern } of [...FILES, ...CODE, ...COMMANDS]) {
    const match = pattern.exec(searched);
    if (match !== null) return { what, at: match.index };
  }
  const hidden = hiddenFile(searched);
  return hidden === undefined ? undefined : { what: hidden, at: 0 };
}
