// One thing that a configuration asks of its loader, and where.
export type AskKind = 'code' | 'code-elsewhere' | 'library' | 'path' | 'tokens' | 'shard-path' | 'shard-format' | 'prompt' | 'secret' | 'command' | 'target' | 'requirement' | 'unfolds';

export interface Ask {
  readonly kind: AskKind;
  readonly key: string;
  readonly value: string;
  readonly what: string;
  /** Nobody who loads the model reads it. */
  readonly note?: true;
}
