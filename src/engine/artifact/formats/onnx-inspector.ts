// ONNX for static rules. Files are recognised; nothing looks into the graph here, and the account of bytes says so.
import type { Inspector } from '../inspect/inspection.ts';
import { matchOnnx } from './onnx-file.ts';

export const onnxInspector: Inspector<undefined> = {
  format: 'onnx',
  match: matchOnnx,
  async inspect(source, desk) {
    desk.opaque(0, source.size, 'no static rule reads ONNX graphs yet');
    return undefined;
  },
};
