// Chat templates that stand in a file of their own (chat_template.jinja, additional_chat_templates/*.jinja).
import { TEMPLATE_LIMITS, readText } from '../text.ts';
import { baseName, type FormatReader } from './reader.ts';

export const jinjaReader: FormatReader<string> = {
  format: 'jinja',
  match: ({ source, head }) => {
    if (!/\.(jinja2?|j2)$/i.test(baseName(source.path))) return undefined;
    const marked = head.some((byte, i) => byte === 0x7b && (head[i + 1] === 0x7b || head[i + 1] === 0x25 || head[i + 1] === 0x23));
    return { format: 'jinja', sure: marked ? 'likely' : 'name', why: marked ? 'a Jinja name and Jinja marks in the text' : 'the name ends in .jinja' };
  },
  read: async (source) => ({ value: await readText(source, 'jinja', TEMPLATE_LIMITS), problems: [] }),
};
