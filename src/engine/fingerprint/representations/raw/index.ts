// Fingerprints as they are.
import type { Representation } from '../representation.ts';

export const raw: Representation = {
  id: 'raw',
  label: 'Raw',
  shortLabel: 'raw',
  limits: 'Every feature counts alike, informative or not.',
  fit: (train) => ({ train, project: (rows) => rows }),
};
