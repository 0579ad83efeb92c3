// JSON files of a model folder: config, generation config, tokenizer, shard index.
import { CONFIG_LIMITS, readJsonObject, type JsonObject } from '../text.ts';
import { baseName, type FormatReader } from './reader.ts';

export const jsonReader: FormatReader<JsonObject> = {
  format: 'json',
  match: ({ source, head }) => {
    const first = head.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
    const named = baseName(source.path).toLowerCase().endsWith('.json');
    if (named && (first === 0x7b || first === 0x5b)) return { format: 'json', sure: 'likely', why: "the name ends in .json and the text starts with '{' or '['" };
    return named ? { format: 'json', sure: 'name', why: 'the name ends in .json' } : undefined;
  },
  read: (source) => readJsonObject(source, CONFIG_LIMITS),
};
