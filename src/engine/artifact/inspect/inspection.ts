// What an inspection says of every file: what it was read as, what was made of each of its bytes, and what it holds.
// "Not inspected" is a status of its own. A file that no reader could look into is never clean.
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { ByteSource, Skipped } from '../../core/byte-source.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Location } from '../../core/finding.ts';
import type { Bytes } from '../../core/units.ts';
import type { FormatMatch } from '../artifact.ts';
import type { Probe } from '../formats/reader.ts';
import type { Buried } from './buried.ts';

/**
 * `parsed`: a reader understood these bytes. `skipped`: known for what they are and deliberately not read (the numbers of a
 * tensor). `opaque`: nobody could look into them (encrypted, an unknown method, unclaimed).
 */
export type RangeState = 'parsed' | 'skipped' | 'opaque';

export interface ByteRange {
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly state: RangeState;
  /** What the bytes are, or why they were left. */
  readonly what: string;
}

/** `inspected`: every byte parsed or skipped for a known reason. `partly`: some bytes or members are opaque. */
export type InspectionStatus = 'inspected' | 'partly' | 'not-inspected';

export interface InspectedFile {
  /** Path in the drop; a member of a container is 'model.pt!archive/data.pkl', at any depth. */
  readonly path: string;
  readonly source: ByteSource;
  /** Path of the drop's file that this is or stands in. */
  readonly root: string;
  /** Path of the container this is a member of, and its name in there, exactly as written. */
  readonly container: string | undefined;
  readonly member: string | undefined;
  readonly depth: number;
  /** True where nothing says that these bytes are a file but how they begin. */
  readonly guess: boolean;
  readonly format: string;
  readonly matches: readonly FormatMatch[];
  readonly status: InspectionStatus;
  /** Why it is not wholly inspected. */
  readonly reason: string | undefined;
  /** Sorted, without overlap, covering the file from its first byte to its last. */
  readonly ranges: readonly ByteRange[];
  readonly problems: readonly ArtifactErrorFields[];
  /** Marks of programs, code and pickles among its opaque bytes. */
  readonly buried: readonly Buried[];
  /** What each reader made of it, by format. Read it through `contentOf`. */
  readonly contents: ReadonlyMap<string, unknown>;
}

export interface Inspection {
  /** Containers before their members, otherwise in the drop's order. */
  readonly files: readonly InspectedFile[];
  /** Those of them that stand in the folder and were not opened. */
  readonly closed?: readonly Skipped[];
}

/** Looks into one format: what `inspect` returns is what rules get. Throws ArtifactError where nothing can be read. */
export interface Inspector<T> {
  readonly format: string;
  /** Content first, name second. Undefined where it is not this format. */
  match(probe: Probe): FormatMatch | undefined;
  inspect(source: ByteSource, desk: Desk): Promise<T>;
}

/** What an inspector reports to while it reads. Ranges are in the coordinates of its own source. */
export interface Desk {
  readonly signal: CancelSignal;
  parsed(begin: Bytes, end: Bytes, what: string): void;
  skipped(begin: Bytes, end: Bytes, why: string): void;
  opaque(begin: Bytes, end: Bytes, why: string): void;
  /** What was read and yet not judged: the file is then not wholly inspected. */
  incomplete(why: string): void;
  /** Malformed parts: evidence, not exceptions. */
  problem(fields: Omit<ArtifactErrorFields, 'format' | 'file'>): void;
  /** Hands a nested file over, to be recognised by content and inspected as any other. */
  member(member: Member): void;
}

export interface Member {
  /** As the container writes it; may be hostile ('../x', duplicates). */
  readonly name: string;
  /** Its bytes, out of `storedSource` or a decompressing source; read when its turn comes. */
  readonly source: ByteSource;
  /** Set where the bytes cannot be had: encrypted, unknown method. The member is then listed as not inspected. */
  readonly unreadable?: string;
  /** What its bytes are by its place in the container (numbers of a tensor), where nothing in them says otherwise for certain. */
  readonly otherwise?: string;
  /** True where the container does not say that this is a file: its first bytes look like one. What cannot be read is then no fault of anything. */
  readonly guess?: boolean;
}

/** What `inspector` made of the file, where it read it. The only place that gives contents their type back. */
export function contentOf<T>(file: InspectedFile, inspector: Inspector<T>): T | undefined {
  return file.contents.get(inspector.format) as T | undefined;
}

/** Every file that `inspector` read, with what it made of it. */
export function readBy<T>(inspection: Inspection, inspector: Inspector<T>): { readonly file: InspectedFile; readonly content: T }[] {
  return inspection.files.flatMap((file) => {
    const content = contentOf(file, inspector);
    return content === undefined ? [] : [{ file, content }];
  });
}

export const MEMBER_MARK = '!';

/** Where a finding points: the file of the drop, and the member inside it. */
export function placeOf({ path, root }: Pick<InspectedFile, 'path' | 'root'>, offset?: Bytes): Location {
  return {
    file: root,
    ...(path === root ? {} : { member: path.slice(root.length + MEMBER_MARK.length) }),
    ...(offset === undefined ? {} : { offset }),
  };
}
