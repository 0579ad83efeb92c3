// What the engine needs of a tokenizer and of a chat template; made by tokenizer/open-tokenizer.ts over maintained libraries.

export interface Tokenizer {
  readonly vocabularySize: number;
  /** Control tokens (BOS, EOS, role marks): never part of ordinary text. */
  readonly specialIds: ReadonlySet<number>;
  readonly bosId: number | undefined;
  /** Text to ids. Nothing is added (no BOS); special tokens written out in the text are recognised, as rendered templates need. */
  encode(text: string): number[];
  /** Ids to text; special tokens are kept unless `skipSpecial`. */
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  /** One token as a reader would want it shown, leading blank included. */
  tokenText(id: number): string;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatTemplate {
  /** File the template came from, or 'none' where the model has none and plain text is used. */
  readonly origin: string;
  /** Where the template takes no conversation without a system turn, one that has none gets an empty one. */
  render(messages: readonly ChatMessage[], options: { readonly addGenerationPrompt: boolean }): string;
}
