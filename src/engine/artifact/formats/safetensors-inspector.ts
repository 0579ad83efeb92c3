// safetensors for static rules: the header is parsed, the tensors are numbers.
import type { Inspector } from '../inspect/inspection.ts';
import { readSafetensors, safetensorsReader, type SafetensorsContent } from './safetensors.ts';

export const safetensorsInspector: Inspector<SafetensorsContent> = {
  format: safetensorsReader.format,
  match: safetensorsReader.match,
  async inspect(source, desk) {
    const { value, problems } = await readSafetensors(source);
    for (const problem of problems) desk.problem(problem);
    const head = new DataView((await source.slice(0, 8)).buffer);
    desk.parsed(0, 8 + Number(head.getBigUint64(0, true)), 'header');
    for (const { begin, end } of value.tensors) desk.skipped(begin, end, 'numbers of tensors');
    return value;
  },
};
