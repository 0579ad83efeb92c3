// The one error that hostile or malformed input raises. The message is neutral; each front end adds its advice.

export type ArtifactErrorCode =
  | 'truncated'
  | 'malformed'
  | 'limit-exceeded'
  | 'missing-file'
  | 'missing-tensor'
  | 'shape-mismatch'
  | 'unsupported-dtype'
  | 'unsupported-architecture'
  | 'unsupported-format'
  | 'missing-tokenizer'
  | 'invalid-config'
  | 'unsupported-setting'
  | 'too-large'
  | 'runtime-failure';

export interface ArtifactErrorFields {
  readonly code: ArtifactErrorCode;
  readonly format: string;
  readonly file?: string | undefined;
  /** Byte offset inside `file`. */
  readonly offset?: number | undefined;
  readonly field?: string | undefined;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  /** How many problems of one kind this stands for, where not each is listed. */
  readonly times?: number | undefined;
}

/** Whether a run failed by the model's own doing (no numbers, no words of the user): the runtime is whole, and every backend would fail alike. */
export function isModelsOwnFailure({ code, format }: ArtifactErrorFields): boolean {
  return code === 'runtime-failure' && format === 'model';
}

/** Whether the runtime itself gave up (memory, a lost device, a session that it could not make). */
export function isRuntimeBroken(fields: ArtifactErrorFields): boolean {
  return fields.code === 'runtime-failure' && !isModelsOwnFailure(fields);
}

export class ArtifactError extends Error implements ArtifactErrorFields {
  readonly code: ArtifactErrorCode;
  readonly format: string;
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly field: string | undefined;
  readonly expected: string | undefined;
  readonly actual: string | undefined;

  constructor(fields: ArtifactErrorFields) {
    super(describe(fields));
    this.name = 'ArtifactError';
    this.code = fields.code;
    this.format = fields.format;
    this.file = fields.file;
    this.offset = fields.offset;
    this.field = fields.field;
    this.expected = fields.expected;
    this.actual = fields.actual;
  }

  /** Plain fields: what survives a worker boundary. */
  toFields(): ArtifactErrorFields {
    const { code, format, file, offset, field, expected, actual } = this;
    return { code, format, file, offset, field, expected, actual };
  }
}

/** What was asked for; undefined where the artifact or the runtime does not give it. Any other error is passed on. */
export function whereGiven<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ArtifactError) return undefined;
    throw error;
  });
}

function describe({ code, format, file, offset, field, expected, actual }: ArtifactErrorFields): string {
  const where = [file, field, offset === undefined ? undefined : `offset ${offset}`].filter((part) => part !== undefined);
  const what = [expected === undefined ? undefined : `expected ${expected}`, actual === undefined ? undefined : `found ${actual}`].filter(
    (part) => part !== undefined,
  );
  return [`${format}: ${code.replaceAll('-', ' ')}`, where.join(', '), what.join(', ')].filter((part) => part !== '').join(' · ');
}
