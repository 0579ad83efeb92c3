// Rules on tokenizers: what rewrites a prompt or an answer between the person and the model, and vocabularies in which a word
// is another word's token. Routed by content: any JSON object with a tokenizer's model in it.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import { isObject } from '../../artifact/text.ts';
import { breathe } from '../../core/cancel.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { suspectSteps } from './steps.ts';
import { vocabularyFaults, type VocabularyFaults } from './vocabulary.ts';

const REWRITES: Rule = {
  id: 'ASY-TOK-001',
  title: 'A step of the tokenizer rewrites text',
  severity: 'high',
  misses: 'Replacements hidden in a compiled character map (Precompiled) are not decoded.',
  references: ['AML.T0018.000', 'CWE-506'],
  remedy: 'Do not use this tokenizer. Compare it with the original model’s.',
};

const VOCABULARY: Rule = {
  id: 'ASY-TOK-002',
  title: 'The vocabulary gives a word the token of another',
  severity: 'high',
  misses: 'Without the original vocabulary, two words that changed places are seen only where the merges give away their order.',
  references: ['AML.T0018.000', 'CWE-506'],
  remedy: 'Do not use this tokenizer. Compare it with the original model’s.',
};

const TWO_TOKENIZERS: Rule = {
  id: 'ASY-TOK-003',
  title: 'tokenizer.json and tokenizer_config.json disagree on a token',
  severity: 'medium',
  misses: 'Only tokens that both files give an id are compared.',
  references: ['CWE-436'],
  remedy: 'Libraries read one or the other: ask the publisher which is right.',
};

const NO_TOKENS: Rule = {
  id: 'ASY-TOK-004',
  title: 'The tokenizer’s model holds no token',
  severity: 'low',
  misses: 'A vocabulary of a few tokens that covers no words is not told; tokens that are added beside the model are not counted.',
  references: ['CWE-1288'],
  remedy: 'Nothing of a prompt but its special tokens reaches the model. Take the tokenizer from the publisher of the original model.',
};

export const tokenizerRules = analysisOf({
  id: 'tokenizer',
  label: 'Tokenizer',
  limits: 'tokenizer.json and tokenizer_config.json. SentencePiece models are not read, and vocab.txt and vocab.json not judged; compiled character maps are not decoded.',
  rules: [REWRITES, VOCABULARY, TWO_TOKENIZERS, NO_TOKENS],
  inapplicable: ({ inspection }) => (tokenizersOf(inspection).length === 0 ? 'no tokenizer.json' : undefined),
  async check({ inspection, signal }, report) {
    for (const { file, value } of tokenizersOf(inspection)) {
      await breathe(signal);
      for (const { key, what, from, to, severity } of suspectSteps(value)) {
        report(REWRITES, {
          file,
          about: key,
          location: { key },
          title: `The tokenizer's ${key} ${what}${from === '' ? '' : `: ${JSON.stringify(shown(from, 60))}`}${to === '' ? '' : ` -> ${JSON.stringify(shown(to, 60))}`}`,
          severity,
          sure: 'read',
          ...(from === '' ? {} : { trigger: { kind: 'text', value: shown(from) } as const }),
          evidence: [{ kind: 'fields', title: key, rows: [{ field: 'pattern', found: shown(from, 400) }, { field: 'content', found: shown(to, 400) }] }],
        });
      }
      if (holdsNoToken(value)) report(NO_TOKENS, { file, about: 'model.vocab', location: { key: 'model.vocab' }, title: NO_TOKENS.title, sure: 'read', evidence: [{ kind: 'fields', title: 'What stands in the file', rows: [{ field: 'model.vocab', expected: 'tokens', found: 'none' }] }] });
      for (const faults of vocabularyFaults(value)) reportVocabulary(file, faults, report);
      compareWithConfig(file, value, inspection, report);
    }
  },
});

function reportVocabulary(file: InspectedFile, { kind, count, gravest, listed }: VocabularyFaults, report: Report): void {
  const { about, what, severity } = gravest;
  const more = count - listed.length;
  report(VOCABULARY, {
    file,
    about: count === 1 ? `${kind} ${about}` : kind,
    title: `The tokenizer's vocabulary: ${shown(what, 200)}${count === 1 ? '' : `, and ${count - 1} more like it`}`,
    severity,
    sure: kind === 'out-of-order' ? 'inferred' : 'read',
    evidence: [{ kind: 'text', title: count === 1 ? 'What stands in the file' : `What stands in the file: ${count} of the kind`, text: [...listed.map((fault) => shown(fault.what, 600)), ...(more === 0 ? [] : [`and ${more} more`])].join('\n') }],
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

function tokenizersOf(inspection: Inspection): { readonly file: InspectedFile; readonly value: JsonObject }[] {
  return readBy(inspection, jsonInspector).flatMap(({ file, content: { value } }) => (isObject(value) && isObject(value['model']) && 'vocab' in value['model'] ? [{ file, value }] : []));
}

function holdsNoToken({ model }: JsonObject): boolean {
  const vocab = isObject(model) ? model['vocab'] : undefined;
  return Array.isArray(vocab) ? vocab.length === 0 : isObject(vocab) && Object.keys(vocab).length === 0;
}

const MAX_LISTED = 8;

function compareWithConfig(file: InspectedFile, tokenizer: JsonObject, inspection: Inspection, report: Report): void {
  const added: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  const byId = new Map(added.flatMap((token) => (isObject(token) && typeof token['id'] === 'number' && typeof token['content'] === 'string' ? [[token['id'], token['content']] as const] : [])));
  for (const { file: other, content } of readBy(inspection, jsonInspector)) {
    if (!isObject(content.value) || directoryOf(other.path) !== directoryOf(file.path)) continue;
    const decoder = content.value['added_tokens_decoder'];
    if (!isObject(decoder)) continue;
    const differing = Object.entries(decoder).flatMap(([id, token]) => {
      const own = byId.get(Number(id));
      const text = isObject(token) ? token['content'] : undefined;
      return typeof text === 'string' && own !== undefined && own !== text ? [`${id}: ${JSON.stringify(own)} and ${JSON.stringify(text)}`] : [];
    });
    if (differing.length === 0) continue;
    report(TWO_TOKENIZERS, { file: other, about: 'added_tokens_decoder', location: { key: 'added_tokens_decoder' }, title: `${TWO_TOKENIZERS.title}: ${shown(differing.slice(0, 2).join('; '), 160)}`, sure: 'read', evidence: [{ kind: 'text', title: `${differing.length} tokens`, text: shown(differing.slice(0, MAX_LISTED).join('\n'), 800) }] });
  }
}
