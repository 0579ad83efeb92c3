// Rules on XML (PMML, OpenVINO and kin): declarations that make a parser read files or addresses, entities that unfold without
// end, and scripts. Read as text, without a parser: whatever a parser would make of it, these parts have no place in a model.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { codeInText } from '../code-in-text.ts';
import { shown, shownLines } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const REMEDY = 'Do not load it with a parser that follows entities. A model needs no document type: ask for a file without one.';
const EXTERNAL: Rule = { id: 'ASY-XML-001', title: 'XML that makes its parser read another file or address', severity: 'high', misses: 'Whether a parser follows it depends on its settings. XML that is neither UTF-8 nor UTF-16 is not read.', references: ['CWE-611', 'AML.T0010.003'], remedy: REMEDY };
const ENTITIES: Rule = { id: 'ASY-XML-002', title: 'XML that defines entities', severity: 'medium', misses: 'How far they unfold is not computed.', references: ['CWE-776'], remedy: REMEDY };
const SCRIPT: Rule = { id: 'ASY-XML-003', title: 'XML of a model that carries a script', severity: 'medium', misses: 'Known ways of writing scripts only.', references: ['CWE-79', 'CWE-94', 'AML.T0018.002'], remedy: 'Remove the script, or ask for a model without one.' };

const LIBRARY: Rule = { id: 'ASY-XML-004', title: 'A layer of the model brings native code or runs Python', severity: 'high', misses: 'Looks at attributes of elements that name a library, and at layers of the type Python. Extensions that a program registers under an ordinary name are not seen.', references: ['CWE-829', 'CWE-114', 'AML.T0018.002'], remedy: 'Do not load it: the runtime would open what it names.' };
const BROKEN: Rule = { id: 'ASY-XML-005', title: 'XML whose elements do not close', severity: 'medium', misses: 'Checks that elements open and close in pairs, nothing else.', references: ['CWE-20'], remedy: 'Download the file again and compare its hash with the publisher’s.' };

const CUSTOM_LAYER: Rule = { id: 'ASY-XML-006', title: 'A layer that no operator set of OpenVINO has', severity: 'medium', misses: 'Goes by the version that the layer names; which code runs for it is decided by the program that registers it. Layers of openvino_tokenizers are taken for what they say.', references: ['CWE-829', 'AML.T0018.002'], remedy: 'Ask the publisher which library the layer comes from, and look at that library before it is loaded.' };
/** The first show what they are. */
const MAX_LAYERS = 16;
const MAX_LAYER = 2000;

/** Attributes of OpenVINO's layers and PMML's extensions that name a file of machine code. */
const NATIVE = /\b(?:library|implementation|plugin|extension|lib|path|value|file)\s{0,4}=\s{0,4}["'][^"'<>]{0,300}\.(?:so(?:\.\d{1,4}){0,3}|dll|dylib)["']/i;
const PYTHON_LAYER = /<layer\b[^>]{0,2000}?\btype\s{0,4}=\s{0,4}["'](?:Python\w{0,20}|PyOp)["']/;
/**
 * Layers of no operator set of OpenVINO's (docs: IR, attribute 'version'). openvino_tokenizers brings the only ones that ordinary
 * exports have; their names are those of its sources.
 */
const OPSET = /^(?:opset\d{1,3}|experimental|ie_internal_opset)$/;
const TOKENIZER_LAYERS = new Set('BPETokenizer ByteFallback BytesToChars CaseFold CharsMapNormalization CharsToBytes CombineSegments EqualStr FuzeRagged NormalizeUnicode RaggedToDense RaggedToRagged RaggedToSparse RegexNormalization RegexSplit SentencepieceDetokenizer SentencepieceStreamDetokenizer SentencepieceTokenizer SpecialTokensSplit StringTensorPack StringTensorUnpack StringToHashBucket StringToHash TrieTokenizer Truncate UTF8Validate UnigramTokenizer VocabDecoder VocabEncoder WordpieceTokenizer'.split(' '));

/** Models in XML, told by their first element. */
const MODEL_ROOT = /^(?:\uFEFF)?\s{0,100}(?:<\?xml[^>]{0,200}\?>\s{0,100})?(?:<!--[^]{0,4000}?-->\s{0,100})?<(?:net|PMML|ns\d:PMML)\b/;

const XML_NAME = /\.(pmml|xml|dmn|xsd|svg)$/i;
/** A declaration stands at the beginning. */
const SEARCHED = 2 ** 20;

export const markup = analysisOf({
  id: 'markup',
  label: 'XML',
  limits: 'Reads the beginning of XML files (1 MB) as text: document types, entities, scripts and native code; whether elements close.',
  rules: [EXTERNAL, ENTITIES, SCRIPT, LIBRARY, BROKEN, CUSTOM_LAYER],
  inapplicable: ({ inspection }) => (xmlFiles(readBy(inspection, textInspector)).length === 0 ? 'no XML' : undefined),
  async check({ inspection }, report) {
    for (const { file, content } of xmlFiles(readBy(inspection, textInspector))) {
      const text = content.slice(0, SEARCHED);
      const external = /<!(?:DOCTYPE|ENTITY)\s[^>[]{0,400}\b(?:SYSTEM|PUBLIC)\b[^>[]{0,400}/.exec(text);
      const entity = /<!ENTITY\s[^>]{0,400}/.exec(text);
      const script = /<(?:\w{1,20}:)?script\b|\bjavascript:|<svg\b[^>]{0,400}\son(?:load|error|begin)\s{0,4}=/i.exec(text);
      const include = INCLUDE.exec(text);
      if (include !== null) report(EXTERNAL, { file, offset: include.index, about: 'include', title: `${EXTERNAL.title}: ${shown(include[0], 120)}`, severity: 'medium', sure: 'read', evidence: [around(text, include.index)] });
      if (external !== null && !isUsual(external[0])) report(EXTERNAL, { file, offset: external.index, about: 'external', title: `${EXTERNAL.title}: ${shown(external[0], 120)}`, sure: 'read', evidence: [around(text, external.index)] });
      else if (entity !== null) report(ENTITIES, { file, offset: entity.index, about: 'entity', title: `${ENTITIES.title}: ${shown(entity[0], 120)}`, sure: 'read', evidence: [around(text, entity.index)] });
      const isModel = MODEL_ROOT.test(text);
      const code = script === null && isModel ? codeInText(unescaped(text)) : undefined;
      if (code !== undefined) report(SCRIPT, { file, about: 'code', title: `XML of a model that carries ${code.what}`, sure: 'inferred', evidence: [around(unescaped(text), code.at)] });
      const native = NATIVE.exec(text) ?? PYTHON_LAYER.exec(text);
      if (native !== null && isModel) report(LIBRARY, { file, offset: native.index, about: 'library', sure: 'read', evidence: [around(text, native.index)] });
      for (const { type, at } of isModel ? foreignLayers(text) : []) report(CUSTOM_LAYER, { file, offset: at, about: `layer ${at}`, title: `${CUSTOM_LAYER.title}: ${shown(type, 80)}`, sure: 'read', evidence: [around(text, at)] });
      if (isModel && content.length <= SEARCHED && !closes(text)) report(BROKEN, { file, about: 'elements', sure: 'read', evidence: [around(text, Math.max(0, text.length - 200))] });
      if (script !== null && /\.(pmml|xml|svg)$/i.test(file.member ?? file.path)) report(SCRIPT, { file, offset: script.index, about: 'script', sure: 'read', evidence: [around(text, script.index)] });
    }
  },
});

function foreignLayers(text: string): { readonly type: string; readonly at: number }[] {
  const found: { readonly type: string; readonly at: number }[] = [];
  let end = 0;
  for (let at = text.indexOf('<layer'); at >= 0 && found.length < MAX_LAYERS; at = text.indexOf('<layer', at + 6)) {
    if (end <= at) end = text.indexOf('>', at);
    if (end < 0) break;
    const attributes = text.slice(at + 6, Math.min(end, at + MAX_LAYER));
    const [version, type] = [/\bversion\s{0,4}=\s{0,4}["']([^"']{0,60})["']/.exec(attributes)?.[1], /\btype\s{0,4}=\s{0,4}["']([^"']{1,200})["']/.exec(attributes)?.[1]];
    if (/^[\s/]/.test(attributes) && version !== undefined && !OPSET.test(version) && !TOKENIZER_LAYERS.has(type ?? '')) found.push({ type: type ?? 'a layer without a type', at });
  }
  return found;
}

/** XInclude, and style sheets from elsewhere. */
const INCLUDE = /<(?:\w{1,20}:)?include\s[^>]{0,400}\bhref\s{0,4}=\s{0,4}["'](?:file|https?|ftp|\/|\.\.)[^>]{0,300}|<\?xml-stylesheet\s[^>]{0,300}\bhref\s{0,4}=\s{0,4}["']https?:[^>]{0,300}/i;
/** Document types of pages, pictures and property lists: the standard they follow, at its publisher's. */
const STANDARD = /\/\/(?:W3C|DTD|OASIS|Apple)\b|w3\.org|dmg\.org/i;
const PUBLISHERS = /^https?:\/\/(?:[\w-]{1,60}\.){0,3}(?:w3\.org|dmg\.org|apple\.com|oasis-open\.org|docbook\.org|openoffice\.org)\//i;

function isUsual(declaration: string): boolean {
  const addresses = declaration.match(/[a-z][a-z0-9+.-]{1,20}:\/\/[^"'\s>]{0,300}/gi) ?? [];
  return STANDARD.test(declaration) && addresses.every((address) => PUBLISHERS.test(address));
}

const ENTITY: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITY[entity] ?? entity);
}

/** Do the elements open and close in pairs? Comments, CDATA and instructions aside. One pass, without going back. */
function closes(text: string): boolean {
  const open: string[] = [];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const ends = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>';
    const end = text.indexOf(ends, at);
    if (end < 0) return false;
    const tag = text.slice(at + 1, Math.min(end, at + 400));
    const name = /^\/?[^\s/>!?]{1,200}/.exec(tag)?.[0];
    at = end + ends.length;
    if (name === undefined) continue;
    if (name.startsWith('/')) {
      if (open.pop() !== name.slice(1)) return false;
    } else if (text[end - 1] !== '/') open.push(name);
  }
  return open.length === 0;
}

function xmlFiles(files: readonly { readonly file: InspectedFile; readonly content: string }[]): { readonly file: InspectedFile; readonly content: string }[] {
  return files.filter(({ file, content }) => XML_NAME.test(file.member ?? file.path) || content.startsWith('<?xml'));
}

function around(text: string, at: number): Evidence {
  return { kind: 'source', title: 'What stands there', text: shownLines(text.slice(Math.max(0, at - 40), at + 400), 440), marks: [] };
}
