// R data (.rds, .RData, .rda) for static rules, in the portable form, that of one machine (lowest byte first) and as text.
// Compressed files are opened before they come here.
import { ArtifactError } from '../../core/artifact-error.ts';
import { windowSource } from '../containers/sources.ts';
import type { Inspector } from '../inspect/inspection.ts';
import type { RForm } from './r-input.ts';
import { readR, type RContent } from './r-stream.ts';

/** Shorter vectors of bytes hold no file. */
const LEAST_RAW = 16;

export const rInspector: Inspector<RContent> = {
  format: 'r',
  match: ({ head }) => {
    const start = startOf(head);
    return start === undefined ? undefined : { format: 'r', sure: 'certain', why: `R's serialisation, ${WORDS[start.form]}` };
  },
  async inspect(source, desk) {
    const start = startOf(await source.slice(0, 32));
    if (start === undefined) throw new ArtifactError({ code: 'malformed', format: 'r', file: source.path, offset: 0, field: 'header', expected: "'X', 'A' or 'B' and a version", actual: 'something else' });
    const content = await readR(source, start.begin, start.form, desk.signal);
    const last = await source.slice(content.end, content.end + 2);
    // Text ends with the end of a line.
    const ends = start.form === 'text' && content.end + last.byteLength === source.size && last.every((byte) => byte <= 0x20);
    desk.parsed(0, ends ? source.size : content.end, 'values of R');
    for (const { begin: from, end } of content.raws.filter(({ begin: from, end }) => end - from >= LEAST_RAW)) {
      const name = `raw@${from}`;
      desk.member({ name, source: windowSource(source, `${source.path}!${name}`, from, end), guess: true });
    }
    return content;
  },
};

const WORDS: Readonly<Record<RForm, string>> = { xdr: 'in its portable form', native: 'in the form of one machine', text: 'as text' };

/** A letter for the form and a version, behind 'RDX2\n' and kin where the file is a workspace. */
function startOf(head: Uint8Array): { readonly begin: number; readonly form: RForm } | undefined {
  const text = String.fromCharCode(...head.subarray(0, 32));
  const front = /^RD[XAB][23]\n/.test(text) ? 5 : 0;
  const rest = text.slice(front);
  const form = /^X\n\0\0\0[\x02\x03]/.test(rest) ? 'xdr' : /^B\n[\x02\x03]\0\0\0/.test(rest) ? 'native' : /^A\n[23]\n\d{4,8}\n/.test(rest) ? 'text' : undefined;
  return form === undefined ? undefined : { begin: front + 2, form };
}
