// The state of a watched log as a file, written whole and then renamed, so that a crash leaves the old one. V8's own
// serialisation: typed arrays, maps and numbers that JSON lacks. It is read back only where it was saved for the same
// baseline and options.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { FollowerState } from './follow-logs.ts';

const SCHEMA = 'assay-watch-state/2';

interface StateFile {
  readonly schema: typeof SCHEMA;
  readonly subject: string;
  readonly state: FollowerState;
}

export async function saveState(file: string, subject: string, state: FollowerState): Promise<void> {
  const content: StateFile = { schema: SCHEMA, subject, state };
  await writeFile(`${file}.new`, serialize(content));
  await rename(`${file}.new`, file);
}

/** Undefined where there is none yet. */
export async function readState(file: string, subject: string): Promise<FollowerState | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ArtifactError({ code: 'missing-file', format: 'watch state', file, expected: 'a file that can be read', actual: error instanceof Error && 'code' in error ? String(error.code) : 'none' });
  });
  if (bytes === undefined) return undefined;
  const content = parse(bytes, file);
  if (content.subject !== subject) throw new ArtifactError({ code: 'invalid-config', format: 'watch state', file, field: 'subject', expected: 'a state of this baseline, budget, seed and columns', actual: 'of others; remove it to begin anew' });
  return content.state;
}

function parse(bytes: Buffer, file: string): StateFile {
  const wrong = (actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'watch state', file, expected: SCHEMA, actual });
  let value: unknown;
  try {
    value = deserialize(bytes);
  } catch {
    throw wrong('something else');
  }
  if (!isStateFile(value)) throw wrong('another version');
  return value;
}

function isStateFile(value: unknown): value is StateFile {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === SCHEMA && 'subject' in value && 'state' in value;
}
