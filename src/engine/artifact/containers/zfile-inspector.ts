// What joblib before 0.10 wrote with compress=True (joblib/numpy_pickle_compat.py): 'ZF', the length in hexadecimal digits
// padded to 19 characters, and zlib data, which is handed on.
import type { Inspector } from '../inspect/inspection.ts';
import { windowSource } from './sources.ts';

const HEADER = 21;
const START = /^ZF0x[0-9a-fA-F]{1,16}L? *$/;

export const zfileInspector: Inspector<undefined> = {
  format: 'zfile',
  match: ({ head }) => (START.test(new TextDecoder('latin1').decode(head.subarray(0, HEADER))) ? { format: 'zfile', sure: 'certain', why: "starts as joblib's compressed files did before 0.10" } : undefined),
  async inspect(source, desk) {
    // Some versions wrote one blank more.
    const begin = (await source.slice(HEADER, HEADER + 1))[0] === 0x20 ? HEADER + 1 : HEADER;
    desk.parsed(0, begin, 'header');
    desk.parsed(begin, source.size, 'zlib data');
    desk.member({ name: 'data', source: windowSource(source, `${source.path}!data`, begin, source.size) });
    return undefined;
  },
};
