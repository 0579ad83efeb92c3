// Rules on what the low bits of weights spell, read while the tensors were hashed (artifact/digests/low-bits.ts).
import type { HiddenInBits } from '../../artifact/digests/digests.ts';
import { LOW_BIT_LIMITS } from '../../artifact/digests/low-bits.ts';
import { latinText } from '../../artifact/pickle/literals.ts';
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import { shown, shownLines } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';

const MISSES = 'What is encrypted, or compressed without a signature, is noise as the low bits are. Numbers taken in another order than they stand, and content that begins neither at the beginning nor in the middle of a tensor, are not found.';
const REMEDY = 'Do not use the file. Numbers do not run by themselves: look for the loader that takes this out of them, and ask for weights of a known hash.';
const CONTENT: Rule = { id: 'ASY-EXE-011', title: 'The low bits of the weights spell a file or a text', severity: 'high', misses: MISSES, references: ['AML.T0018.002', 'CWE-506'], remedy: REMEDY };

export const lowBits = analysisOf({
  id: 'low-bits',
  label: 'Low bits of weights',
  limits: `Reads 1 to 8, 16 and 24 low bits of the first ${LOW_BIT_LIMITS.begin} numbers of each float tensor and of ${LOW_BIT_LIMITS.middle} in its middle, up to ${LOW_BIT_LIMITS.most / 1e6} million numbers in all, as a stream. Told are files by their signatures and readable text; encrypted content cannot be told from noise.`,
  rules: [CONTENT],
  needsDigests: true,
  inapplicable: ({ digests }) => (digests === undefined ? 'the files were not hashed' : digests.lowBits.looked === 0 ? 'no float tensors that stand plainly in a file' : undefined),
  async check({ artifact, inspection, digests }, report) {
    const left = digests?.lowBits.left ?? 0;
    if (left > 0) report(CONTENT, { file: { path: artifact.name, root: artifact.name }, about: 'left', title: `The low bits of ${left} tensors were not looked at: there are more numbers than are read`, severity: 'info', sure: 'hint', evidence: [] });
    const byPath = new Map(inspection.files.map((file) => [file.path, file]));
    const groups = new Map<string, HiddenInBits[]>();
    for (const hit of digests?.lowBits.hits ?? []) {
      groups.set(hit.file, [...(groups.get(hit.file) ?? []), hit]);
    }
    for (const hits of groups.values()) {
      const [first] = hits;
      const file = first === undefined ? undefined : byPath.get(first.file);
      if (first !== undefined) reportHits(file ?? { path: first.file, root: first.file }, first, hits, report);
    }
  },
});

/** One finding for all tensors of a file: a payload goes on from one to the next. */
function reportHits(file: InspectedFile | { readonly path: string; readonly root: string }, first: HiddenInBits, hits: readonly HiddenInBits[], report: Report): void {
  const { kind, what, bits, order, tensor, bytes } = first;
  report(CONTENT, {
    file,
    about: kind,
    location: { tensor },
    title: `The ${bits} low bits of ${shown(tensor, 80)}, ${order}, spell ${what}`,
    sure: 'resolved',
    evidence: [
      { kind: 'source', title: 'What the bits spell', text: shownLines(latinText(bytes), 300), marks: [] },
      { kind: 'table', title: 'Tensors', columns: ['tensor', 'low bits', 'order', 'from number', 'what'], rows: hits.slice(0, 32).map((hit) => [shown(hit.tensor, 100), hit.bits, hit.order, hit.element, hit.what]) },
    ],
  });
}
