// Rendered prompts equal transformers' (fixtures/make_templates.py); hostile templates end quickly, with an ArtifactError.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Artifact } from '../artifact.ts';
import type { ChatMessage, ChatTemplate, Tokenizer } from '../tokenizer.ts';
import { parseTemplate } from './bounded-jinja.ts';
import { openChatTemplate, strftime, TEMPLATE_DATE } from './chat-template.ts';

interface Row {
  readonly template: string;
  readonly messages: readonly ChatMessage[];
  readonly addGenerationPrompt: boolean;
  readonly rendered: string | { readonly error: string };
}
const { templates, rows } = JSON.parse(readFileSync(new URL('./fixtures/templates.json', import.meta.url), 'utf8')) as { templates: Record<string, string>; rows: readonly Row[] };

const TOKENIZER: Tokenizer = {
  vocabularySize: 3,
  specialIds: new Set([1, 2]),
  bosId: 1,
  encode: () => [],
  decode: (ids) => ids.map((id) => ['<unk>', '<s>', '</s>'][id] ?? '').join(''),
  tokenText: () => '',
};
const TOKENIZER_CONFIG = { bos_token: '<s>', eos_token: { content: '</s>' }, unk_token: '<unk>' };

function open(source: string | undefined, tokenizer: Artifact['tokenizer'] = undefined): ChatTemplate {
  const chatTemplate = source === undefined ? undefined : { source, file: 'chat_template.jinja' };
  return openChatTemplate({ chatTemplate, tokenizer, tokenizerConfig: TOKENIZER_CONFIG }, TOKENIZER);
}

const ASK: readonly ChatMessage[] = [{ role: 'user', content: 'hi' }];

it('says what a parser says without its full stop', () => {
  expect(() => open('{% for m in messages %}{{ m }}{% endfor }}')).toThrowError(/chat_template · expected a Jinja template, found .*[^.\s]$/);
});

describe('a template that takes nothing without a system turn', () => {
  const TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
  const NEEDS = `{% if messages[0].role != 'system' %}{{ raise_exception('a system turn is needed') }}{% endif %}${TURNS}`;
  const rendered = (source: string, messages: readonly ChatMessage[]): string => open(source).render(messages, { addGenerationPrompt: true });

  it('gets an empty one, and keeps one that is given', () => {
    expect(rendered(NEEDS, ASK)).toBe('<system><user>hi<assistant>');
    expect(rendered(NEEDS, [{ role: 'system', content: 'be kind' }, ...ASK])).toBe('<system>be kind<user>hi<assistant>');
  });

  it('is no template that refuses certain words, or everything', () => {
    const picky = `{% if messages[0].content == 'hi' %}{{ raise_exception('not that') }}{% endif %}${TURNS}`;
    expect(() => rendered(picky, ASK)).toThrow(/not that/);
    expect(rendered(picky, [{ role: 'user', content: 'no' }])).toBe('<user>no<assistant>');
    expect(() => rendered(`{{ raise_exception('never') }}`, ASK)).toThrow(/never/);
  });
});

describe('openChatTemplate, against transformers', () => {
  for (const name of Object.keys(templates)) {
    it(`renders ${name}`, () => {
      const template = open(templates[name]);
      for (const { messages, addGenerationPrompt, rendered } of rows.filter((row) => row.template === name)) {
        const render = (): string => template.render(messages, { addGenerationPrompt });
        if (typeof rendered === 'string') expect(render()).toBe(rendered);
        else expect(render).toThrow(rendered.error);
      }
    });
  }

  it('says where the template stands', () => {
    expect(open('x').origin).toBe('chat_template.jinja');
  });

  it('does not take what is no text for no template', () => {
    expect(() => openChatTemplate({ chatTemplate: undefined, tokenizer: undefined, tokenizerConfig: { chat_template: 42 } })).toThrow(expect.objectContaining({ code: 'invalid-config', file: 'tokenizer_config.json', field: 'chat_template', actual: 'a number' }));
    expect(openChatTemplate({ chatTemplate: undefined, tokenizer: undefined, tokenizerConfig: { chat_template: null } }).origin).toBe('none');
  });

  it('writes plain lines where there is no template, begun with BOS where the tokenizer adds it', () => {
    expect(open(undefined).origin).toBe('none');
    expect(open(undefined).render(ASK, { addGenerationPrompt: true })).toBe('hi\n');
    const post = { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }] };
    expect(open(undefined, { post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, post] } }).render(ASK, { addGenerationPrompt: true })).toBe('<s>hi\n');
  });

  it('formats dates as Python does', () => {
    expect(strftime(TEMPLATE_DATE, '%d %b %Y, %A %B %-d %I %p %y %% %Q')).toBe('26 Jul 2024, Friday July %-d 12 PM 24 % %Q');
  });
});

describe('a hostile template', () => {
  const doubling = (count: number, step: string): string => Array.from({ length: count }, () => step).join('');
  const HOSTILE: Readonly<Record<string, string>> = {
    'endless recursion': '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    'branching recursion': '{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}',
    'a huge range': '{% for i in range(1000000000) %}x{% endfor %}',
    'nested loops': '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}',
    'loops that break at once': '{% set r = range(9999) %}{% for a in r %}{% for b in r %}{% break %}{% endfor %}{% endfor %}',
    'a doubling text': `{% set s = 'aaaaaaaa' %}${doubling(60, '{% set s = s + s %}')}{{ s }}`,
    'a doubling list': `{% set s = [1] %}${doubling(60, '{% set s = s + s %}')}{{ s | length }}`,
    'a list that shares itself': `{% set s = ['x'] %}${doubling(60, '{% set s = [s, s] %}')}{{ s }}`,
    'mappings that share themselves': `{% set s = {'a': 1} %}${doubling(60, "{% set s = {'a': s, 'b': s} %}")}{{ s | tojson }}`,
    'namespaces filled from behind': `{% set n0 = namespace() %}${Array.from({ length: 40 }, (_, i) => `{% set n${i + 1} = namespace() %}{% set l${i} = [n${i + 1}, n${i + 1}] %}`).join('')}${Array.from({ length: 40 }, (_, i) => `{% set n${i}.x = l${i} %}`).join('')}{{ [n0] }}`,
    'a namespace in itself': '{% set n = namespace() %}{% set n.a = [n] %}{{ n }}',
    'a squared text': `{% set s = 'aaaaaaaa' %}${doubling(14, '{% set s = s + s %}')}{{ s.replace('a', s) }}`,
    'a squared join': `{% set s = 'aaaaaaaa' %}${doubling(14, '{% set s = s + s %}')}{{ s | join(s) }}`,
    'a huge indent': "{{ 'a\nb' | indent(1000000000) }}",
    'deep brackets': `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`,
    'deep blocks': `${'{% if true %}'.repeat(15_000)}`,
    'a run of blanks': `${' '.repeat(200_000)}{{ 1 }}`,
    'too much source': 'a'.repeat(300_000),
    'an open block': '{% for m in messages %}',
    'nonsense': '{{ %} }}',
    'an unknown filter': "{{ 'a' | frobnicate }}",
    'a way out': "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    'a JavaScript way out': "{{ messages.constructor.constructor('return 1')() }}",
  };
  for (const [name, source] of Object.entries(HOSTILE)) {
    it(`with ${name} ends with an ArtifactError`, { timeout: 120_000 }, () => {
      expect(() => open(source).render(ASK, { addGenerationPrompt: true })).toThrow(ArtifactError);
    });
  }

  it('never raises anything else', () => {
    const pieces = ['{{', '}}', '{%', '%}', 'for m in messages', 'endfor', 'if true', 'endif', 'set x = ', "'a'", '[1, 2]', '| upper', '.content', '(', ')', '+', 'x', '\n', '-', '{#', '#}', 'macro f()', 'endmacro', 'range(3)', '~', '\\'];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 24 }), (parts) => {
        try {
          open(parts.join(' ')).render(ASK, { addGenerationPrompt: false });
        } catch (error) {
          if (!(error instanceof ArtifactError)) throw error;
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

it('follows mappings whose keys are numbers', () => {
  const template = "{% set steps = {0: 'none', 512: 'few', 4096: 'many'} %}{% set found = namespace(word='') %}{% for size, word in steps.items() %}{% if found.word == '' and 300 <= size %}{% set found.word = word %}{% endif %}{% endfor %}{{ found.word }}";
  expect(parseTemplate(template).render({})).toBe('few');
  expect(() => parseTemplate("{{ 'a' < 1 }}").render({})).toThrow();
});
