// The files around the weights of a Hugging Face folder: config, generation config, tokenizer and its config, chat templates.
// Each may be missing or broken without hindering the others; what is wrong becomes a problem.
import type { ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { ArtifactFile, NamedTemplate } from './artifact.ts';
import { conflictingDefaults, templatesOfFolder } from './chat-templates.ts';
import { baseName, directoryOf, orProblem } from './formats/reader.ts';
import { tokenizerOfVocabulary } from './tokenizer/vocabulary-files.ts';
import { CONFIG_LIMITS, TEMPLATE_LIMITS, TOKENIZER_LIMITS, readJsonObject, readText, type JsonObject, type TextLimits } from './text.ts';

export interface FolderParts {
  readonly config: JsonObject | undefined;
  readonly generationConfig: JsonObject | undefined;
  readonly tokenizer: JsonObject | undefined;
  readonly tokenizerConfig: JsonObject | undefined;
  readonly templates: readonly NamedTemplate[];
}

const MAX_TEMPLATE_FILES = 64;

export async function readFolderParts(files: readonly ArtifactFile[], directory: string, problems: ArtifactErrorFields[]): Promise<FolderParts> {
  const named = new Map(files.filter(({ source }) => directoryOf(source.path) === directory).map(({ source }) => [baseName(source.path), source]));
  const json = async (name: string, limits: TextLimits = CONFIG_LIMITS): Promise<JsonObject | undefined> => {
    const source = named.get(name);
    return source === undefined ? undefined : orProblem(problems, () => readJsonObject(source, limits));
  };
  const config = await json('config.json');
  const generationConfig = await json('generation_config.json');
  const ownTokenizer = await json('tokenizer.json', TOKENIZER_LIMITS);
  const ownConfig = await json('tokenizer_config.json');
  const specials = await json('special_tokens_map.json');
  // transformers fills what tokenizer_config.json leaves out from special_tokens_map.json.
  const tokenizerConfig = ownConfig === undefined && specials === undefined ? undefined : { ...specials, ...ownConfig };
  const tokenizer = ownTokenizer ?? (named.has('tokenizer.json') ? undefined : await orProblem(problems, async () => ({ value: await tokenizerOfVocabulary(named, tokenizerConfig), problems: [] })));

  const templateJson = named.get('chat_template.json');
  const templateJsonValue = await json('chat_template.json');
  const configSource = named.get('tokenizer_config.json');
  const templates = templatesOfFolder({
    jinja: await readTemplateFiles(files, directory, problems),
    json: templateJson === undefined || templateJsonValue === undefined ? undefined : { path: templateJson.path, value: templateJsonValue },
    tokenizerConfig: configSource === undefined || ownConfig === undefined ? undefined : { path: configSource.path, value: ownConfig },
  });
  for (const { file } of conflictingDefaults(templates).slice(1)) {
    problems.push({ code: 'malformed', format: 'jinja', file, field: 'chat_template', expected: `the same template as in ${templates[0]?.file ?? 'the other file'}`, actual: 'another one: runtimes will disagree on the prompt' });
  }
  return { config, generationConfig, tokenizer, tokenizerConfig, templates };
}

/** chat_template.jinja and other templates beside it, and transformers' folder additional_chat_templates. */
async function readTemplateFiles(files: readonly ArtifactFile[], directory: string, problems: ArtifactErrorFields[]): Promise<{ path: string; text: string }[]> {
  const additional = directory === '' ? 'additional_chat_templates' : `${directory}/additional_chat_templates`;
  const sources = files
    .filter(({ format, source }) => format === 'jinja' && [directory, additional].includes(directoryOf(source.path)))
    .map(({ source }): ByteSource => source)
    .slice(0, MAX_TEMPLATE_FILES);
  const texts: { path: string; text: string }[] = [];
  for (const source of sources) {
    const text = await orProblem(problems, async () => ({ value: await readText(source, 'jinja', TEMPLATE_LIMITS), problems: [] }));
    if (text !== undefined) texts.push({ path: source.path, text });
  }
  return texts;
}
