// A Tokenizer out of an artifact's tokenizer.json (or what GGUF's metadata gave), over @huggingface/tokenizers.
// Decoding never "cleans up" blanks before punctuation, whatever tokenizer_config.json says: a trigger must come out exactly
// as the model wrote it. Not supported: `single_word` added tokens, BPE dropout (both are rare, and ignored).
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { ArtifactError } from '../../core/artifact-error.ts';
import { errorText } from '../../core/error-text.ts';
import type { Artifact } from '../artifact.ts';
import type { JsonObject } from '../text.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { decoderOf } from './decode.ts';
import { prepareTokenizer, type PreparedTokenizer } from './prepare-json.ts';
import { refusedStep } from './refused-step.ts';
import { specialToken, tokenText } from './special-token.ts';

export { openChatTemplate } from './chat-template.ts';

export function openTokenizer(artifact: Pick<Artifact, 'name' | 'kind' | 'tokenizer' | 'tokenizerConfig' | 'config'>): Tokenizer {
  const file = artifact.kind === 'gguf' ? artifact.name : 'tokenizer.json';
  if (artifact.tokenizer === undefined) {
    throw new ArtifactError({ code: 'missing-tokenizer', format: artifact.kind, file, expected: artifact.kind === 'gguf' ? 'tokenizer.ggml.* metadata' : 'tokenizer.json', actual: 'none that can be read' });
  }
  const prepared = prepareTokenizer(artifact.tokenizer, artifact.tokenizerConfig, file);
  const library = construct(prepared, file);
  return new ArtifactTokenizer(library, prepared, artifact.tokenizerConfig ?? {}, artifact.config ?? {}, file);
}

function construct(prepared: PreparedTokenizer, file: string): LibraryTokenizer {
  try {
    return new LibraryTokenizer(prepared.json, { clean_up_tokenization_spaces: false });
  } catch (error) {
    const field = refusedStep(prepared.json);
    throw new ArtifactError({ code: 'malformed', format: 'tokenizer', file, field, expected: `a ${field === undefined ? 'tokenizer' : 'step'} of a known kind`, actual: errorText(error) });
  }
}

class ArtifactTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly specialIds: ReadonlySet<number>;
  readonly bosId: number | undefined;
  readonly #library: LibraryTokenizer;
  readonly #tokens: readonly (string | undefined)[];
  readonly #decoder: ReturnType<typeof decoderOf>;
  readonly #file: string;

  constructor(library: LibraryTokenizer, prepared: PreparedTokenizer, tokenizerConfig: JsonObject, config: JsonObject, file: string) {
    this.#library = library;
    this.#tokens = prepared.tokens;
    this.#file = file;
    this.#decoder = decoderOf(prepared.json['decoder'], (tokens) => library.decoder?.decode(tokens) ?? tokens.join(' '));
    this.vocabularySize = prepared.tokens.length;
    this.specialIds = specialIdsOf(prepared, tokenizerConfig, (token) => library.token_to_id(token));
    const bos = specialToken(tokenizerConfig, 'bos_token');
    const fromConfig = config['bos_token_id'];
    this.bosId = bos === undefined || bos === '' ? (typeof fromConfig === 'number' && fromConfig < this.vocabularySize ? fromConfig : undefined) : library.token_to_id(bos);
  }

  encode(text: string): number[] {
    if (text === '') return [];
    try {
      // Without an unknown token, what the vocabulary cannot express is left out, as the Rust tokenizers do.
      return this.#library.encode(text, { add_special_tokens: false }).ids.filter((id: number | undefined) => id !== undefined);
    } catch (error) {
      throw new ArtifactError({ code: 'malformed', format: 'tokenizer', file: this.#file, field: 'encode', actual: errorText(error) });
    }
  }

  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.#tokens[id];
      if (token !== undefined && !(options?.skipSpecial === true && this.specialIds.has(id))) tokens.push(token);
    }
    return this.#decoder.text(tokens);
  }

  tokenText(id: number): string {
    const token = this.#tokens[id];
    return token === undefined ? `<unused ${id}>` : this.#decoder.one(token);
  }
}

function specialIdsOf(prepared: PreparedTokenizer, tokenizerConfig: JsonObject, idOf: (token: string) => number | undefined): ReadonlySet<number> {
  const ids = new Set(prepared.added.filter(({ special }) => special).map(({ id }) => id));
  const named = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'sep_token', 'cls_token', 'mask_token'].map((field) => specialToken(tokenizerConfig, field));
  const more = tokenizerConfig['additional_special_tokens'];
  for (const token of [...named, ...(Array.isArray(more) ? more.map(tokenText) : [])]) {
    const id = token === undefined || token === '' ? undefined : idOf(token);
    if (id !== undefined) ids.add(id);
  }
  return ids;
}
