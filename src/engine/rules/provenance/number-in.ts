import type { JsonObject } from '../../artifact/text.ts';

/** The first of the keys that a configuration gives a finite number for. */
export function numberIn(config: JsonObject | undefined, keys: readonly string[]): { readonly key: string; readonly value: number } | undefined {
  for (const key of keys) {
    const value = config?.[key];
    if (typeof value === 'number' && Number.isFinite(value)) return { key, value };
  }
  return undefined;
}
