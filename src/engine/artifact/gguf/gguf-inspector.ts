// GGUF for static rules: key-values and tensor table are parsed, the tensors are numbers.
import type { Inspector } from '../inspect/inspection.ts';
import { ggufReader, readGguf, type GgufContent } from './gguf.ts';

export const ggufInspector: Inspector<GgufContent> = {
  format: ggufReader.format,
  match: ggufReader.match,
  async inspect(source, desk) {
    const { value, problems } = await readGguf(source);
    for (const problem of problems) desk.problem(problem);
    const dataBegin = value.tensors.reduce((least, { begin }) => Math.min(least, begin), source.size);
    desk.parsed(0, dataBegin, 'key-values and tensor table');
    for (const { begin, end } of value.tensors) desk.skipped(begin, end, 'numbers of tensors');
    return value;
  },
};
