// Two tokenizers compared: the one of a model and the one of its base. A fine-tune may add tokens; words that get other ids, and
// steps that treat text in another way, change what the model reads and says.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import { isObject } from '../../artifact/text.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface TokenizerChange {
  readonly file: InspectedFile;
  /** Tokens of both whose ids differ. */
  readonly moved: readonly { readonly token: string; readonly from: number; readonly to: number }[];
  readonly same: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** normalizer, pre_tokenizer, post_processor, decoder: those that differ. */
  readonly steps: readonly string[];
}

const STEPS = ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'] as const;

export function hasTokenizer(inspection: Inspection): boolean {
  return tokenizerOf(inspection) !== undefined;
}

/** Undefined where one of the two has no tokenizer.json. */
export function compareTokenizers(subject: Inspection, base: Inspection): TokenizerChange | undefined {
  const [own, other] = [tokenizerOf(subject), tokenizerOf(base)];
  if (own === undefined || other === undefined) return undefined;
  const [ids, before] = [idsOf(own.value), idsOf(other.value)];
  const moved: TokenizerChange['moved'][number][] = [];
  let same = 0;
  for (const [token, to] of ids) {
    const from = before.get(token);
    if (from === to) same++;
    else if (from !== undefined) moved.push({ token, from, to });
  }
  return {
    file: own.file,
    moved,
    same,
    added: [...ids.keys()].filter((token) => !before.has(token)),
    removed: [...before.keys()].filter((token) => !ids.has(token)),
    steps: STEPS.filter((step) => JSON.stringify(own.value[step] ?? null) !== JSON.stringify(other.value[step] ?? null)),
  };
}

function tokenizerOf(inspection: Inspection): { readonly file: InspectedFile; readonly value: JsonObject } | undefined {
  return readBy(inspection, jsonInspector).flatMap(({ file, content: { value } }) => (isObject(value) && isObject(value['model']) && 'vocab' in value['model'] ? [{ file, value }] : []))[0];
}

function idsOf(tokenizer: JsonObject): Map<string, number> {
  const model = isObject(tokenizer['model']) ? tokenizer['model'] : {};
  const vocab = model['vocab'];
  const added: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  const pairs: (readonly [unknown, unknown])[] = Array.isArray(vocab) ? vocab.map((entry: unknown, i) => [Array.isArray(entry) ? entry[0] : undefined, i] as const) : isObject(vocab) ? Object.entries(vocab) : [];
  return new Map([...pairs, ...added.map((token) => (isObject(token) ? ([token['content'], token['id']] as const) : ([undefined, undefined] as const)))].flatMap(([token, id]) => (typeof token === 'string' && typeof id === 'number' ? [[token, id] as const] : [])));
}
