// A byte source as lines of text, a chunk at a time; the last line may lack its newline. UTF-8, malformed bytes replaced.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import { CHUNK_BYTES, LOG_LIMITS } from './limits.ts';

export interface TextChunk {
  /** Whole lines, with their newlines. */
  readonly text: string;
  readonly done: number;
}

/** Chunks that end at a line's end. */
export async function* wholeLines(source: ByteSource, signal: CancelSignal): AsyncGenerator<TextChunk, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    await breathe(signal);
    const bytes = await source.slice(at, Math.min(source.size, at + CHUNK_BYTES));
    const text = rest + decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (rest.length > LOG_LIMITS.lineCharacters) {
      throw new ArtifactError({ code: 'limit-exceeded', format: 'log', file: source.path, offset: at, field: 'line', expected: `at most ${LOG_LIMITS.lineCharacters} characters`, actual: 'more' });
    }
    if (end > 0) yield { text: text.slice(0, end), done: Math.min(source.size, at + CHUNK_BYTES) };
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield { text: rest.endsWith('\n') ? rest : `${rest}\n`, done: source.size };
}
