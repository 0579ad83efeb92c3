// Looks into every file of a drop and, through containers, into every file inside those. Recognised by content at each
// level: whatever a member is called, it is read as what it is. Every reader that a file's content matches gets to read it.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import { bytesOf, type ByteSource, type Skipped } from '../../core/byte-source.ts';
import { breathe, Cancelled, NEVER, type CancelSignal } from '../../core/cancel.ts';
import { errorText } from '../../core/error-text.ts';
import type { FormatMatch } from '../artifact.ts';
import { windowSource } from '../containers/sources.ts';
import { MODEL_NAMES } from '../formats/model-names.ts';
import { INSPECTORS, recognise } from '../formats/registry.ts';
import { searchOpaque } from './search-opaque.ts';
import { claimElsewhere } from './claimed-elsewhere.ts';
import { MEMBER_MARK, type ByteRange, type Desk, type InspectedFile, type Inspection, type InspectionStatus, type Member, type RangeState } from './inspection.ts';
import { accountFor, totalsOf } from './ranges.ts';

const INSPECT_LIMITS = {
  /** Containers inside containers (CWE-674). Real models nest two deep. */
  maxDepth: 8,
  /** Files and members together (CWE-400). A torch zip of a large model holds some thousand members. */
  maxFiles: 50_000,
  /** Claims of one file's readers; past that they are merged by state (CWE-770). */
  maxClaims: 200_000,
  maxProblems: 256,
} as const;

export interface InspectOptions {
  readonly signal?: CancelSignal;
  readonly onProgress?: (done: number, total: number, path: string) => void;
  readonly limits?: typeof INSPECT_LIMITS;
  /** What stands in the folder and was not opened. */
  readonly closed?: readonly Skipped[];
}

interface Waiting {
  readonly path: string;
  readonly source: ByteSource;
  readonly root: string;
  readonly container: string | undefined;
  readonly member: string | undefined;
  readonly unreadable: string | undefined;
  readonly otherwise: string | undefined;
  readonly depth: number;
  readonly guess: boolean;
}

export async function inspectFiles(sources: readonly ByteSource[], { signal = NEVER, onProgress, limits = INSPECT_LIMITS, closed = [] }: InspectOptions = {}): Promise<Inspection> {
  const files: InspectedFile[] = [];
  let seen = sources.length;
  for (const [index, source] of sources.entries()) {
    onProgress?.(index, sources.length, source.path);
    const stack: Waiting[] = [{ path: source.path, source, root: source.path, container: undefined, member: undefined, unreadable: undefined, otherwise: undefined, depth: 0, guess: false }];
    for (let file = stack.pop(); file !== undefined; file = stack.pop()) {
      await breathe(signal);
      const { inspected, members } = await inspectOne(file, signal, limits);
      const room = Math.max(0, limits.maxFiles - seen);
      const taken = members.slice(0, room);
      seen += taken.length;
      files.push(taken.length === members.length ? inspected : withReason(inspected, `${members.length - taken.length} of its members were not opened: more than ${limits.maxFiles} files in all`));
      const { path, root, depth } = file;
      for (const member of taken.toReversed()) stack.push({ path: `${path}${MEMBER_MARK}${member.name}`, source: member.source, root, container: path, member: member.name, unreadable: member.unreadable, otherwise: member.otherwise, depth: depth + 1, guess: file.guess || member.guess === true });
    }
  }
  onProgress?.(sources.length, sources.length, '');
  return { files: [...withMembers(await claimElsewhere(files)), ...closed.map(closedFile)], closed };
}

/** Listed, so that nobody takes it for looked at. */
function closedFile({ path, why, kind }: Skipped): InspectedFile {
  return { path, source: bytesOf(path, new Uint8Array(0)), root: path, container: undefined, member: undefined, depth: 0, guess: false, format: kind === 'elsewhere' ? 'link' : 'unknown', matches: [], status: 'not-inspected', reason: why, ranges: [], problems: [], buried: [], contents: new Map() };
}

async function inspectOne(file: Waiting, signal: CancelSignal, limits: typeof INSPECT_LIMITS): Promise<{ inspected: InspectedFile; members: readonly Member[] }> {
  const { unreadable, otherwise, ...identity } = file;
  const nothing = (reason: string, matches: readonly FormatMatch[] = []): InspectedFile => ({
    ...identity,
    format: matches[0]?.format ?? 'unknown',
    matches,
    status: file.source.size === 0 ? 'inspected' : 'not-inspected',
    reason,
    ranges: accountFor([{ begin: 0, end: file.source.size, state: 'opaque', what: reason }], file.source.size),
    problems: [],
    buried: [],
    contents: new Map(),
  });
  if (unreadable !== undefined) return { inspected: { ...nothing(unreadable), status: 'not-inspected' }, members: [] };
  const desk = new FileDesk(signal, limits);
  let matches: readonly FormatMatch[];
  try {
    matches = (await recognise(file.source)).matches ?? [];
  } catch (error) {
    return { inspected: { ...nothing(errorText(error), []), problems: [fieldsOf(error, 'file', file.path)], status: 'not-inspected' }, members: [] };
  }
  // Numbers look like anything now and then: inside a tensor's place only a signature counts.
  if (otherwise !== undefined) matches = matches.filter(({ sure }) => sure === 'certain');
  if (otherwise !== undefined && matches.length === 0) {
    return { inspected: { ...nothing(otherwise), status: 'inspected', reason: undefined, format: 'numbers', ranges: accountFor([{ begin: 0, end: file.source.size, state: 'skipped', what: otherwise }], file.source.size) }, members: [] };
  }
  if (matches.length === 0 && file.guess) return { inspected: onlyBegins(nothing('bytes of a value'), new Map()), members: [] };
  const absent = file.source.size === 0 && MODEL_NAMES.test(file.path);
  if (matches.length === 0 && !absent) {
    const unknown = nothing(file.source.size === 0 ? 'an empty file' : 'no reader knows this format');
    return { inspected: { ...unknown, buried: await searchOpaque(file.source, 'unknown', unknown.ranges, desk) }, members: desk.members };
  }
  const contents = new Map<string, unknown>();
  const failures: string[] = [];
  for (const match of worthReading(matches)) {
    const inspector = INSPECTORS.find(({ format }) => format === match.format);
    if (inspector === undefined) continue;
    desk.begin(match.format, file.path);
    try {
      contents.set(match.format, await inspector.inspect(file.source, desk));
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      desk.problems.push(fieldsOf(error, match.format, file.path));
      // An ArtifactError's own message begins with its format.
      const text = errorText(error);
      failures.push(text.startsWith(`${match.format}: `) ? text : `${match.format}: ${text}`);
    }
  }
  if (absent && desk.problems.length === 0) {
    desk.begin(matches[0]?.format ?? 'file', file.path);
    desk.problem({ code: 'truncated', offset: 0, field: 'content', expected: 'a model, as the name says', actual: '0 bytes' });
  }
  if (absent && failures.length === 0) failures.push('an empty file where the name says a model');
  const tooDeep = file.depth >= limits.maxDepth && desk.members.length > 0;
  if (file.guess && failures.length > 0) return { inspected: onlyBegins(nothing(`begins as ${matches[0]?.format ?? 'a file'} does and is something else`), contents), members: desk.members };
  const ranges = accountFor(desk.claims, file.source.size);
  const { status, reason } = statusOf(ranges, [...failures, ...desk.left]);
  const tail = handOverTail(file.source, matches[0]?.format, ranges, desk);
  const buried = file.guess ? [] : await searchOpaque(file.source, matches[0]?.format ?? 'unknown', ranges, desk, tail);
  const inspected: InspectedFile = { ...identity, format: matches[0]?.format ?? 'unknown', matches, status, reason, ranges, problems: desk.problems, buried, contents };
  return { inspected: tooDeep ? withReason(inspected, `containers nested more than ${limits.maxDepth} deep are not opened`) : inspected, members: tooDeep ? [] : desk.members };
}

/** Readers that look behind what they read by themselves. */
const LOOK_BEHIND = new Set(['pickle', 'zip', 'npy', 'sealed', 'unknown']);
const LEAST_TAIL = 8;

/** What stands behind all that a reader understood may be a file of its own: recognised by content, as any other. Where it begins. */
function handOverTail(source: ByteSource, format: string | undefined, ranges: readonly ByteRange[], desk: FileDesk): number | undefined {
  const last = ranges.at(-1);
  if (last === undefined || last.state !== 'opaque' || last.begin === 0 || last.end - last.begin < LEAST_TAIL || LOOK_BEHIND.has(format ?? 'unknown')) return undefined;
  const name = `behind@${last.begin}`;
  desk.member({ name, source: windowSource(source, `${source.path}!${name}`, last.begin, last.end), guess: true });
  return last.begin;
}

/** A value that looked like a file and is none: known for what it is, a value. */
function onlyBegins(file: InspectedFile, contents: ReadonlyMap<string, unknown>): InspectedFile {
  return { ...file, status: 'inspected', reason: undefined, format: 'value', ranges: file.ranges.map((range) => ({ ...range, state: 'skipped' })), contents };
}

/** A name alone is worth trying only where the content says nothing. */
function worthReading(matches: readonly FormatMatch[]): readonly FormatMatch[] {
  const byContent = matches.filter(({ sure }) => sure !== 'name');
  return byContent.length > 0 ? byContent : matches.slice(0, 1);
}

function statusOf(ranges: readonly ByteRange[], failures: readonly string[]): { status: InspectionStatus; reason: string | undefined } {
  const { parsed, skipped, opaque } = totalsOf(ranges);
  if (parsed + skipped + opaque === 0) return { status: failures.length > 0 ? 'not-inspected' : 'inspected', reason: failures[0] };
  if (parsed === 0) return { status: 'not-inspected', reason: failures[0] ?? ranges.find(({ state }) => state === 'opaque')?.what ?? 'no byte of it was understood' };
  if (opaque === 0) return { status: failures.length > 0 ? 'partly' : 'inspected', reason: failures[0] };
  return { status: 'partly', reason: failures[0] ?? `${opaque} bytes: ${ranges.find(({ state }) => state === 'opaque')?.what ?? ''}` };
}

/** A container is no better inspected than what it holds. Members stand behind their container, so the walk goes backwards. */
function withMembers(files: readonly InspectedFile[]): InspectedFile[] {
  const missing = new Map<string, number>();
  const result = [...files];
  for (let i = result.length - 1; i >= 0; i--) {
    const file = result[i];
    if (file === undefined) continue;
    const count = missing.get(file.path) ?? 0;
    const shown = count > 0 ? withReason(file, `${count} of its members ${count === 1 ? 'is' : 'are'} not wholly inspected`) : file;
    result[i] = shown;
    if (shown.container !== undefined && shown.status !== 'inspected') missing.set(shown.container, (missing.get(shown.container) ?? 0) + 1);
  }
  return result;
}

function withReason(file: InspectedFile, reason: string): InspectedFile {
  return { ...file, status: file.status === 'inspected' ? 'partly' : file.status, reason: file.reason === undefined ? reason : `${file.reason}; ${reason}` };
}

function fieldsOf(error: unknown, format: string, file: string): ArtifactErrorFields {
  if (error instanceof ArtifactError) return { ...error.toFields(), file };
  // Not the file's fault: the reader has a hole. Said as such, and the file counts as not inspected.
  return { code: 'unsupported-format', format, file, expected: 'a file this reader can handle', actual: `an error inside the reader (${errorText(error)})` };
}

class FileDesk implements Desk {
  readonly claims: ByteRange[] = [];
  readonly problems: ArtifactErrorFields[] = [];
  readonly left: string[] = [];
  readonly members: Member[] = [];
  #at = { format: '', file: '' };

  constructor(
    readonly signal: CancelSignal,
    private readonly limits: typeof INSPECT_LIMITS,
  ) {}

  begin(format: string, file: string): void {
    this.#at = { format, file };
  }

  parsed(begin: number, end: number, what: string): void {
    this.#claim(begin, end, 'parsed', what);
  }

  skipped(begin: number, end: number, why: string): void {
    this.#claim(begin, end, 'skipped', why);
  }

  opaque(begin: number, end: number, why: string): void {
    this.#claim(begin, end, 'opaque', why);
  }

  incomplete(why: string): void {
    if (this.left.length < this.limits.maxProblems) this.left.push(why);
  }

  problem(fields: Omit<ArtifactErrorFields, 'format' | 'file'>): void {
    if (this.problems.length < this.limits.maxProblems) this.problems.push({ ...fields, ...this.#at });
  }

  member(member: Member): void {
    if (this.members.length <= this.limits.maxFiles) this.members.push(member);
  }

  #claim(begin: number, end: number, state: RangeState, what: string): void {
    if (end <= begin) return;
    const last = this.claims.at(-1);
    if (last !== undefined && last.end === begin && last.state === state && last.what === what) this.claims[this.claims.length - 1] = { ...last, end };
    else if (this.claims.length < this.limits.maxClaims) this.claims.push({ begin, end, state, what });
  }
}
