// GGUF for static rules: key-values and tensor table are parsed, the tensors are numbers.
import type { Inspector } from '../inspect/inspection.ts';
import { whyUntried } from '../tokenizer/template-trial.ts';
import { ggufReader, readGguf, type GgufContent } from './gguf.ts';

export const ggufInspector: Inspector<GgufContent> = {
  format: ggufReader.format,
  match: ggufReader.match,
  async inspect(source, desk) {
    const { value, problems } = await readGguf(source);
    for (const problem of problems) desk.problem(problem);
    const dataBegin = value.tensors.reduce((least, { begin }) => Math.min(least, begin), value.tensors[0]?.begin ?? value.tableEnd);
    desk.parsed(0, dataBegin, 'key-values and tensor table');
    for (const { begin, end } of value.tensors) desk.skipped(begin, end, 'numbers of tensors');
    for (const [key, held] of value.metadata) {
      const untried = key.startsWith('tokenizer.chat_template') && typeof held === 'string' ? whyUntried(held) : undefined;
      if (untried !== undefined) desk.incomplete(untried);
    }
    return value;
  },
};
