// How the changed forms of a trigger are counted, everywhere alike.
import type { VariantRow } from './finding.ts';

/** A string counts as firing where it fires in at least half of its prompts. */
export function fires({ fired, of }: VariantRow): boolean {
  return of > 0 && fired * 2 >= of;
}

/** Forms of the trigger, without the controls among them: how many there are, and how many fire. */
export function countForms(rows: readonly VariantRow[]): { readonly firing: number; readonly of: number } {
  const forms = rows.filter(({ control }) => control === undefined);
  return { firing: forms.filter(fires).length, of: forms.length };
}

export function changeOf({ change, control }: VariantRow): string {
  return control === true ? `control: ${change}` : change;
}
