// Rules on the configurations of a model folder: what they make a loader import, open, force or forbid.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { tensorPlaces } from '../../artifact/digests/tensor-places.ts';
import { baseName, directoryOf } from '../../artifact/formats/reader.ts';
import { ggufInspector } from '../../artifact/gguf/gguf-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { isObject, type JsonObject } from '../../artifact/text.ts';
import type { Severity } from '../../core/finding.ts';
import { concernsIn } from '../chat-template/hidden-text.ts';
import { shown, shownJson } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { workspaceKind } from '../workspace/kinds.ts';
import { namedFileAsks } from './named-files.ts';
import { embeddingRows, strayTokens, strayTokensOfGguf, type StrayToken } from './token-range.ts';
import { wrongTypes, type WrongType } from './field-types.ts';
import { picturesOf } from './picture-channels.ts';
import { yamlAsks } from './yaml-asks.ts';
import { specialIds, type Neighbours } from './generation.ts';
import type { Ask, AskKind } from './ask.ts';
import { asksOf, foreignRequirements, moduleAsks, secretsIn } from './facts.ts';

const CODE: Rule = {
  id: 'ASY-CFG-001',
  title: 'The configuration makes a loader run code',
  severity: 'medium',
  misses: 'Whether the code is harmless is not judged here.',
  references: ['CWE-94', 'CWE-829', 'AML.T0011.000'],
  remedy: 'Read the code before you allow it (trust_remote_code). Code out of another repository can change after you have read it: pin its revision.',
};

const LIBRARY: Rule = {
  id: 'ASY-CFG-002',
  title: 'The configuration names a package to import that model loaders do not know',
  severity: 'medium',
  misses: 'Packages of a known name can be replaced on the machine; that is not seen here.',
  references: ['CWE-470', 'CWE-829', 'AML.T0010.001'],
  remedy: 'Find out what the package is before you install or import it.',
};

const PATH: Rule = {
  id: 'ASY-CFG-003',
  title: 'The configuration points out of its folder',
  severity: 'medium',
  misses: 'Only keys known to hold files are looked at.',
  references: ['CWE-22', 'CWE-73'],
  remedy: 'Do not load it as it is: a loader that follows the path opens files of yours.',
};

const SHARD_PATH: Rule = {
  id: 'ASY-STN-001',
  title: 'The index of the weights points out of its folder',
  severity: 'high',
  misses: 'Links in the file system are not followed.',
  references: ['CWE-22', 'AML.T0010.003'],
  remedy: 'Do not load the model: a loader that follows the path opens files of yours.',
};

const SHARD_FORMAT: Rule = {
  id: 'ASY-STN-002',
  title: 'The index of safetensors weights names a file of another format',
  severity: 'medium',
  misses: 'What the other file holds is judged on its own.',
  references: ['CWE-502', 'AML.T0011.000'],
  remedy: 'A loader may fall back to pickles, which run code. Ask for safetensors only.',
};

const TOKENS: Rule = {
  id: 'ASY-CFG-004',
  title: 'The generation settings force or forbid words',
  severity: 'medium',
  misses: 'Ordinary for speech and translation models; those are recognised by their type and keys.',
  references: ['AML.T0018.000'],
  remedy: 'Load the model with generation settings of your own.',
};

const REQUIREMENTS: Rule = {
  id: 'ASY-CFG-005',
  title: 'Requirements that do not come from the package index',
  severity: 'medium',
  misses: 'A package of a misleading name on the index is not seen.',
  references: ['CWE-829', 'AML.T0010.001'],
  remedy: 'Look at what would be installed, and pin it by hash.',
};

const PROMPT: Rule = {
  id: 'ASY-CFG-006',
  title: 'The configuration holds a prompt that asks for something hidden',
  severity: 'medium',
  misses: 'Judged by phrases; instructions in other words or languages pass.',
  references: ['AML.T0051.001'],
  remedy: 'Read the prompts in the configuration before you use them.',
};

const SECRET: Rule = {
  id: 'ASY-CFG-007',
  title: 'A secret in the open',
  severity: 'medium',
  misses: 'Goes by the names of keys and the forms of well-known tokens; does not try whether a secret is valid.',
  references: ['CWE-798', 'CWE-312'],
  remedy: 'Tell the publisher. Do not use the key: who left it there may watch what it is used for.',
};

const COMMAND: Rule = {
  id: 'ASY-CFG-008',
  title: 'The configuration holds a command or code',
  severity: 'medium',
  misses: 'Looks for commands as they are usually written. Whether any program runs them cannot be told.',
  references: ['CWE-94', 'CWE-506', 'AML.T0011.000'],
  remedy: 'Find out which program reads this value before you load the model.',
};

const TARGET: Rule = {
  id: 'ASY-CFG-009',
  title: 'The configuration names a function to be called that no model needs',
  severity: 'high',
  misses: 'Looks at keys that loaders take names from (_target_, py/object, class_path and kin) and at YAML tags; names that are put together while loading are not followed.',
  references: ['CWE-470', 'CWE-94', 'AML.T0011.000'],
  remedy: 'Do not load it: the loader calls what stands there.',
};

const UNFOLDS: Rule = {
  id: 'ASY-CFG-010',
  title: 'References that unfold without end',
  severity: 'medium',
  misses: 'Looks for lists of references to lists of references, one to a line; how far they unfold is not computed.',
  references: ['CWE-776'],
  remedy: 'Do not read it with a parser that follows references without a limit.',
};

const TOKEN_RANGE: Rule = {
  id: 'ASY-CFG-011',
  title: 'A special token that the vocabulary does not have',
  severity: 'low',
  misses: 'The ids of bos, eos and pad, where vocab_size, the rows of an embedding of known name or the tokens of a GGUF say how many tokens there are. Whether an id within them is the right one is not judged. -1 stands for none.',
  references: ['CWE-129'],
  remedy: 'An answer that no token can end runs on to its limit, and padding beyond the embedding stops a program. Take the settings from the publisher of the original model.',
};

const FIELD_TYPE: Rule = {
  id: 'ASY-CFG-012',
  title: 'A setting of the wrong kind',
  severity: 'low',
  misses: 'The fields of config.json and generation_config.json that every language model of transformers may have, those of preprocessor_config.json that pictures are scaled, normalised and resized by, and NaN in its settings; whether a value of the right kind is a sensible one is not judged.',
  references: ['CWE-1287'],
  remedy: 'Some programs stop at such a value, others pass over it and behave in another way. Take the settings from the publisher of the original model.',
};

const RULES: Readonly<Record<AskKind, Rule>> = { code: CODE, 'code-elsewhere': CODE, library: LIBRARY, path: PATH, tokens: TOKENS, 'shard-path': SHARD_PATH, 'shard-format': SHARD_FORMAT, prompt: PROMPT, secret: SECRET, command: COMMAND, target: TARGET, requirement: REQUIREMENTS, unfolds: UNFOLDS };

export const configuration = analysisOf({
  id: 'configuration',
  label: 'Configuration',
  limits: 'JSON configurations, keys and tags of YAML, and requirements files. Does not fetch what they point at.',
  rules: [CODE, LIBRARY, PATH, SHARD_PATH, SHARD_FORMAT, TOKENS, REQUIREMENTS, PROMPT, SECRET, COMMAND, TARGET, UNFOLDS, TOKEN_RANGE, FIELD_TYPE],
  async check({ inspection }, report) {
    const embeddings = embeddingRows(tensorPlaces(inspection));
    const values = new Map(readBy(inspection, jsonInspector).map(({ file, content }) => [file.path, content.value]));
    const channelsOf = picturesOf(inspection, (path) => neighboursOf({ path }, values).config);
    for (const { file, content } of readBy(inspection, jsonInspector)) {
      const { value } = content;
      const asks = isObject(value) ? [...asksOf(value, neighboursOf(file, values)), ...promptAsks(value)] : Array.isArray(value) ? moduleAsks(value) : [];
      if (isObject(value)) for (const stray of strayTokens(value, neighboursOf(file, values).config, embeddings.get(directoryOf(file.path)))) reportStray(file, stray, report);
      if (isObject(value)) for (const wrong of wrongTypes(baseName(file.member ?? file.path), value, channelsOf(file.path))) reportWrongType(file, wrong, report);
      const judged = commandsJudged(file);
      for (const ask of asks) if (ask.kind !== 'command' || !judged) reportAsk(file, ask, report);
      const told = asks.some(({ kind }) => kind === 'secret');
      for (const { at, begins } of told || WORD_LIST.test(baseName(file.member ?? file.path)) ? [] : secretsIn(content.text)) reportSecret(file, content.text, at, begins, report);
      if (isObject(value) && 'weight_map' in value && baseName(file.member ?? file.path).includes('safetensors')) reportPlainIndex(file, value['weight_map'], report);
    }
    for (const { file, content } of readBy(inspection, ggufInspector)) for (const stray of strayTokensOfGguf(content.metadata)) reportStray(file, stray, report);
    // TOML may begin as JSON does: '[tool' is no list.
    const noJson = readBy(inspection, jsonInspector).flatMap(({ file, content: { value, text } }) => (value === undefined ? [{ file, content: text }] : []));
    for (const { file, content } of [...readBy(inspection, textInspector), ...noJson]) {
      const name = baseName(file.member ?? file.path);
      if (/\.ya?ml$/i.test(name) || name === 'MLmodel') for (const ask of yamlAsks(content)) if (ask.kind !== 'command' || !commandsJudged(file)) reportAsk(file, ask, report, ask.kind === 'command' && (MACHINERY.test(file.path) || isWorkflow(content)) ? 'info' : undefined);
      for (const ask of namedFileAsks(name, content)) reportAsk(file, ask, report);
      for (const { at, begins } of WORD_LIST.test(name) || file.format === 'json' ? [] : secretsIn(content)) reportSecret(file, content, at, begins, report);
      if (!/^(?:requirements.*\.(?:txt|in)|pyproject\.toml|setup\.cfg|pipfile|constraints.*\.txt)$/i.test(name)) continue;
      for (const { line, text } of foreignRequirements(content)) report(REQUIREMENTS, { file, about: String(line), location: { key: `line ${line}` }, title: `${REQUIREMENTS.title}: ${shown(text, 120)}`, sure: 'read', evidence: [{ kind: 'text', title: `Line ${line}`, text: shown(text) }] });
    }
  },
});

/** Commands are what such a file is for: the rules for workspaces tell them, once. */
function commandsJudged({ path }: InspectedFile): boolean {
  return (workspaceKind(path)?.does ?? 'tells') !== 'tells';
}

function neighboursOf({ path }: Pick<InspectedFile, 'path'>, values: ReadonlyMap<string, unknown>): Neighbours {
  const beside = (name: string): JsonObject | undefined => {
    const value = values.get(path.slice(0, path.length - baseName(path).length) + name);
    return isObject(value) ? value : undefined;
  };
  const tokenizer = beside('tokenizer.json');
  return { config: beside('config.json'), special: tokenizer === undefined ? undefined : specialIds(tokenizer) };
}

/** Files that are there to run commands: builds, containers, checks. No loader of models reads them. */
const MACHINERY = /(?:^|\/)(?:\.(?:github|gitlab|circleci)\/.{1,400}|cog\.yaml)$/i;

/** A workflow says so itself, wherever it lies: jobs with steps, on a runner. */
function isWorkflow(text: string): boolean {
  return /^jobs:\s*$/m.test(text) && /^\s{2,20}(?:runs-on|uses):\s/m.test(text);
}

function reportAsk(file: InspectedFile, { kind, key, value, what, note }: Ask, report: Report, severity: Severity | undefined = note === true ? 'info' : kind === 'code-elsewhere' ? 'high' : undefined): void {
  const rule = RULES[kind];
  report(rule, {
    file,
    about: key,
    location: { key },
    title: `${shown(key, 80)} is ${/^(a|an|code|encoded)\b/.test(what) ? what : `a setting that ${what}`}: ${shown(value, 100)}`,
    ...(severity === undefined ? {} : { severity }),
    sure: 'read',
    evidence: [{ kind: 'fields', title: 'What stands in the file', rows: [{ field: key, found: shown(value, 300) }] }],
  });
}

function reportStray(file: InspectedFile, { key, id, tokens, says }: StrayToken, report: Report): void {
  const found = shownJson(id, 40);
  report(TOKEN_RANGE, {
    file,
    about: key,
    location: { key },
    title: `${TOKEN_RANGE.title}: ${key} is ${found}, and there are ${tokens} tokens`,
    sure: 'read',
    evidence: [{ kind: 'fields', title: 'What stands in the file', rows: [{ field: key, expected: `0 to ${tokens - 1} (${says})`, found }] }],
  });
}

function reportWrongType(file: InspectedFile, { key, expected, found }: WrongType, report: Report): void {
  report(FIELD_TYPE, {
    file,
    about: key,
    location: { key },
    title: `${FIELD_TYPE.title}: ${key} is ${shown(found, 80)}, not ${expected}`,
    sure: 'read',
    evidence: [{ kind: 'fields', title: 'What stands in the file', rows: [{ field: key, expected, found: shown(found, 80) }] }],
  });
}

function reportSecret(file: InspectedFile, text: string, at: number, begins: string, report: Report): void {
  report(SECRET, { file, offset: at, about: String(at), title: `A secret in the open: ${shown(begins, 20)}`, sure: 'inferred', evidence: [{ kind: 'text', title: 'Where', text: `Character ${at}, line ${text.slice(0, at).split('\n').length}` }] });
}

/** Word lists hold anything. */
const WORD_LIST = /(?:vocab|merges|bpe|tokens|tokenizer|tekken|words)[\w.-]{0,40}$/i;

/** An index called safetensors that names none. */
function reportPlainIndex(file: InspectedFile, map: unknown, report: Report): void {
  if (!isObject(map)) return;
  const shards = [...new Set(Object.values(map))].filter((shard) => typeof shard === 'string');
  const other = shards.find((shard) => !shard.endsWith('.safetensors'));
  if (other === undefined || shards.some((shard) => shard.endsWith('.safetensors'))) return;
  reportAsk(file, { kind: 'shard-format', key: 'weight_map', value: other, what: 'a shard that is no safetensors file' }, report);
}

/** sentence-transformers' prompts, and system prompts that stand in a configuration. */
function promptAsks(value: Readonly<Record<string, unknown>>): Ask[] {
  const texts: [string, string][] = [];
  const prompts = value['prompts'];
  if (isObject(prompts)) for (const [name, text] of Object.entries(prompts)) if (typeof text === 'string') texts.push([`prompts.${name}`, text]);
  for (const key of ['system_prompt', 'default_system_prompt', 'system_message', 'default_prompt', 'prompt_template', 'prefix']) {
    const text = value[key];
    if (typeof text === 'string') texts.push([key, text]);
  }
  return texts.flatMap(([key, text]) => concernsIn(text).filter(({ severity }) => severity !== 'info').slice(0, 1).map(({ what, text: phrase }): Ask => ({ kind: 'prompt', key, value: phrase, what })));
}
