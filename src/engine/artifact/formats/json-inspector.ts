// JSON for static rules: the whole value, whatever the file is called. RFC 8259; duplicate keys are problems.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { whyUntriedIn } from '../tokenizer/template-trial.ts';
import { parseJson, readText, TOKENIZER_LIMITS } from '../text.ts';
import { baseName, type Probe } from './reader.ts';
import type { FormatMatch } from '../artifact.ts';

export interface JsonContent {
  readonly text: string;
  readonly value: unknown;
}

export const jsonInspector: Inspector<JsonContent> = {
  format: 'json',
  match: matchJson,
  async inspect(source, desk) {
    const text = await readText(source, 'json', TOKENIZER_LIMITS);
    desk.parsed(0, source.size, 'JSON text');
    try {
      const { value, problems } = parseJson(COMMENTED.test(source.path) ? withoutComments(text) : text, { format: 'json', file: source.path }, TOKENIZER_LIMITS.maxDepth);
      for (const problem of problems) desk.problem(problem);
      const untried = whyUntriedIn(value);
      if (untried !== undefined) desk.incomplete(untried);
      return { text, value };
    } catch (error) {
      // Lines of JSON, TOML and notes may begin as JSON does: only a file that is called JSON must be JSON.
      if (isNamedJson(source.path) || !(error instanceof ArtifactError) || error.code !== 'malformed') throw error;
      return { text, value: undefined };
    }
  },
};

/** Settings of editors and compilers are JSON with comments and commas behind the last entry. */
const COMMENTED = /(?:^|[/!])(?:\.vscode|\.devcontainer|\.zed)\/[^!]{1,200}\.json$|(?:^|[/!])\.?(?:(?:tsconfig|jsconfig)[\w.-]{0,60}\.json|devcontainer\.json|[^/!]{1,100}\.(?:jsonc|code-workspace))$/;

/** Blanks in place of comments and of commas before a closing bracket, so that places stay what they are. One pass. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|,(?=\s*[}\]])/g, (part) => (part.startsWith('"') ? part : part.replace(/[^\n]/g, ' ')));
}

const AFTER_BRACE = '"}';
const AFTER_BRACKET = '"{[]-0123456789tfn';

/** By content: an opening brace and what JSON allows behind it ('{%' and '{{' begin Jinja). By name: .json and notebooks, for what is broken. */
function matchJson({ source, head }: Probe): FormatMatch | undefined {
  const begins = head.findIndex((byte) => !isSpace(byte));
  const first = head[begins];
  const second = head.subarray(begins + 1).find((byte) => !isSpace(byte));
  const allowed = first === 0x7b ? AFTER_BRACE : first === 0x5b ? AFTER_BRACKET : '';
  const follows = second !== undefined && allowed.includes(String.fromCharCode(second));
  if (follows && isText(head)) return { format: 'json', sure: 'likely', why: 'text that starts as JSON does' };
  return isNamedJson(source.path) ? { format: 'json', sure: 'name', why: 'the name is that of JSON' } : undefined;
}

function isNamedJson(path: string): boolean {
  return /\.(?:json|ipynb)$/i.test(baseName(path));
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** No control characters but white space: JSON and other text have none. */
export function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte >= 0x20 ? byte !== 0x7f : isSpace(byte) || byte === 0x0c);
}
