// Rule on what stands among the numbers of weights, found while they were hashed: a program, a pickle or code has no place in
// a tensor, and does not come about there by chance.
import { confirm } from '../programs/confirm.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const HIDDEN: Rule = {
  id: 'ASY-EXE-004',
  title: 'Code stands among the numbers of the weights',
  severity: 'high',
  misses: 'Finds programs, scripts, pickles and calls that stand there as they are. Bits spread over many numbers are looked for apart (low bits); compressed and encrypted payloads look like weights. Tensors inside compressed members are not searched.',
  references: ['AML.T0018.002', 'CWE-506'],
  remedy: 'Do not use the file. Numbers do not run by themselves: look for the loader that takes this out of them.',
};

export const hiddenInWeights = analysisOf({
  id: 'hidden-in-weights',
  label: 'Code among weights',
  limits: 'Searches the bytes of tensors, in the pass that hashes them, for programs, scripts, pickles and code that stand there as they are.',
  rules: [HIDDEN],
  needsDigests: true,
  inapplicable: ({ digests }) => (digests === undefined ? 'the files were not hashed' : undefined),
  async check({ inspection, digests }, report) {
    const byPath = new Map(inspection.files.map((file) => [file.path, file]));
    const stretches = new Map<string, NonNullable<typeof digests>['buried'][number][]>();
    for (const entry of digests?.buried ?? []) {
      const key = `${entry.file}\n${entry.inside}`;
      stretches.set(key, [...(stretches.get(key) ?? []), entry]);
    }
    for (const entries of stretches.values()) {
      const [first] = entries;
      const file = first === undefined ? undefined : byPath.get(first.file);
      if (first === undefined || file === undefined) continue;
      for (const { offset, what, evidence } of await confirm(file.source, entries)) {
        report(HIDDEN, { file, offset, about: `${what}:${first.inside}`, title: `${what} stands among ${shown(first.inside, 100)}`, sure: 'inferred', evidence });
      }
    }
  },
});
