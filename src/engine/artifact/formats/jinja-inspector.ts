// Jinja templates in a file of their own, for static rules.
import type { Inspector } from '../inspect/inspection.ts';
import { readText, TEMPLATE_LIMITS } from '../text.ts';
import { whyUntried } from '../tokenizer/template-trial.ts';
import { jinjaReader } from './jinja-file.ts';

export const jinjaInspector: Inspector<string> = {
  format: jinjaReader.format,
  match: jinjaReader.match,
  async inspect(source, desk) {
    const text = await readText(source, 'jinja', TEMPLATE_LIMITS);
    desk.parsed(0, source.size, 'template text');
    const untried = whyUntried(text);
    if (untried !== undefined) desk.incomplete(untried);
    return text;
  },
};
