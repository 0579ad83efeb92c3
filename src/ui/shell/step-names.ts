import type { OpenStep } from '../../state/client.ts';

export const STEP_NAMES: Readonly<Record<OpenStep, string>> = {
  fetch: 'Fetching the sample',
  read: 'Reading headers',
  convert: 'Converting number formats',
  hash: 'Hashing',
  build: 'Building the graph',
  load: 'Loading weights into the runtime',
};
