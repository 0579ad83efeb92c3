// R data (.rds, .RData, .rda) for static rules: the portable binary form is read; R also writes the same as text and in the
// machine's own form, which are recognised and not read. Compressed files are opened before they come here.
import { windowSource } from '../containers/sources.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { readR, type RContent } from './r-stream.ts';

/** Shorter vectors of bytes hold no file. */
const LEAST_RAW = 16;

export const rInspector: Inspector<RContent> = {
  format: 'r',
  match: ({ head }) => {
    const begin = startOf(head);
    if (begin !== undefined) return { format: 'r', sure: 'certain', why: `R's serialisation, version ${head[begin + 5] ?? 0}` };
    return isOther(head) ? { format: 'r', sure: 'certain', why: 'R data as text or in the form of one machine' } : undefined;
  },
  async inspect(source, desk) {
    const begin = startOf(await source.slice(0, 16));
    if (begin === undefined) {
      desk.opaque(0, source.size, 'R data as text or in the form of one machine, which Assay does not read');
      return { version: 0, calls: [], promises: [], texts: [], raws: [], end: 0 };
    }
    const content = await readR(source, begin, desk.signal);
    desk.parsed(0, content.end, 'values of R');
    for (const { begin: from, end } of content.raws.filter(({ begin: from, end }) => end - from >= LEAST_RAW)) {
      const name = `raw@${from}`;
      desk.member({ name, source: windowSource(source, `${source.path}!${name}`, from, end), guess: true });
    }
    return content;
  },
};

/** 'X\n' and a version, behind 'RDX2\n' or 'RDX3\n' where the file is a workspace. */
function startOf(head: Uint8Array): number | undefined {
  const text = latin(head);
  const begin = /^RDX[23]\n/.test(text) ? 5 : 0;
  return /^X\n\0\0\0[\x02\x03]/.test(text.slice(begin)) ? begin : undefined;
}

function isOther(head: Uint8Array): boolean {
  return /^(?:RD[AB][23]\n)?(?:A\n[23]\n\d{4,8}\n|B\n[\x02\x03]\0\0\0)/.test(latin(head));
}

function latin(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, 32));
}
