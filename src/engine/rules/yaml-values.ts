// The documents of a YAML file (YAML 1.2 core schema, the yaml library), within bounds on size, nesting and aliases; undefined
// where they do not parse or are beyond the bounds.
import { parseAllDocuments } from 'yaml';

/** Configurations are small; more is read line by line by those who care (CWE-400). */
export const MAX_YAML = 2 ** 18;
/** Levels of brackets or of indentation that are parsed (CWE-674). */
const MAX_NESTING = 64;
/** Aliases in a text: resolving takes the square of their number (CWE-407). */
const MAX_ALIASES = 500;
const ALIAS = /(?:^|[\s,[{:-])\*[^\s,[\]{}]/gm;

export function yamlValues(text: string): unknown[] | undefined {
  if (text.length > MAX_YAML || nesting(text) > MAX_NESTING || (text.match(ALIAS)?.length ?? 0) > MAX_ALIASES) return undefined;
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
    return Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0) ? documents.map((document): unknown => document.toJS({ maxAliasCount: 100 })) : undefined;
  } catch {
    return undefined;
  }
}

/** At most, and without regard to strings: brackets that are open, and steps of indentation. */
function nesting(text: string): number {
  let [open, most] = [0, 0];
  for (const line of text.split('\n')) {
    const indented = /^[ \t?-]*/.exec(line)?.[0].length ?? 0;
    for (const character of line) {
      if (character === '[' || character === '{') open++;
      else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    }
    most = Math.max(most, open, Math.ceil(indented / 2));
  }
  return most;
}
