// A baseline's columns in another log of the same model. A part that the log lacks is not tested, and said; without the
// column of the prediction itself there is nothing to check, and taking another one that looks like it (the true label,
// say) would be a silent decision.
import { ArtifactError } from '../../core/artifact-error.ts';
import { MANY_ROLES, SINGLE_ROLES, type ColumnMapping } from './columns.ts';

const NEEDED: readonly string[] = ['class', 'value'];
const SHOWN_COLUMNS = 40;

/** What a check can use though the baseline does not know it: groups of the log are compared with each other, triggers are looked for. */
const OWN = ['time', 'prompt', 'source'] as const;

/** The baseline's mapping, and what else the log is guessed to hold. */
export function withOwnParts(baseline: ColumnMapping, guess: ColumnMapping): ColumnMapping {
  const taken = new Set(Object.values(baseline).flat());
  const own = OWN.flatMap((role) => (baseline[role] === undefined && guess[role] !== undefined && !taken.has(guess[role]) ? [[role, guess[role]] as const] : []));
  return { ...baseline, ...Object.fromEntries(own) };
}

/** wanted: the baseline's mapping, or one that was edited; columns: those of the log. */
export function fitMapping(wanted: ColumnMapping, columns: readonly string[], log: string): ColumnMapping {
  const held = new Set(columns);
  const fitted: Record<string, unknown> = wanted.latencyUnit === undefined ? {} : { latencyUnit: wanted.latencyUnit };
  for (const role of [...SINGLE_ROLES, ...MANY_ROLES]) {
    const names = [wanted[role] ?? []].flat();
    const lacking = names.find((name) => !held.has(name));
    if (names.length > 0 && lacking === undefined) fitted[role] = wanted[role];
    else if (lacking !== undefined && (NEEDED.includes(role) || (role === 'probabilities' && wanted.class === undefined && wanted.value === undefined))) {
      throw new ArtifactError({ code: 'invalid-config', format: 'log', file: log, field: role, expected: `the column ${lacking}, as in the baseline`, actual: `columns ${columns.slice(0, SHOWN_COLUMNS).join(', ')}` });
    }
  }
  return fitted as ColumnMapping;
}
