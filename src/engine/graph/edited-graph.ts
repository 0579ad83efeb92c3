// A graph file with its bytes changed, wherever its external data is put.
import type { GraphFile } from '../runtime/session.ts';

/** `what` goes into the name, for messages: '… with taps'. */
export function editedGraph(file: GraphFile, what: string, edit: (model: Uint8Array) => Uint8Array<ArrayBuffer>): GraphFile {
  const { relocated } = file;
  return {
    ...file,
    name: `${file.name} with ${what}`,
    bytes: edit(file.bytes),
    ...(relocated === undefined ? {} : { relocated: (rename: (location: string) => string) => edit(relocated(rename)) }),
  };
}
