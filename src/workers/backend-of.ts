import type { ModelDescription } from './protocol.ts';

/** Where an open model runs; `none`: nothing is run of it. */
export function backendOf({ environment }: Pick<ModelDescription, 'environment'>): string {
  return environment?.backend ?? 'none';
}
