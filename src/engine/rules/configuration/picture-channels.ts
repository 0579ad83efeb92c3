// How many channels the pictures have that the model beside a configuration takes: by the input of the ONNX graph in the same folder
// (or in its folder onnx/), else by num_channels in config.json. What it can miss: graphs of several inputs, and those that leave it open.
import { onnxInspector } from '../../artifact/formats/onnx-inspector.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { readBy, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { JsonObject } from '../../artifact/text.ts';
import { pictureAxes } from '../../graph/given-classifier.ts';

/** `configBeside`: the config.json in the folder of a file. */
export function picturesOf(inspection: Inspection, configBeside: (path: string) => JsonObject | undefined): (path: string) => number | undefined {
  const graphs = readBy(inspection, onnxInspector).flatMap(({ file, content: { inputs } }) => {
    const [input, second] = inputs;
    const channels = input?.dims?.length === 4 && second === undefined ? pictureAxes(input.dims).channels : undefined;
    return channels === undefined ? [] : [{ directory: directoryOf(file.path).replace(/(?:^|\/)onnx$/, ''), channels }];
  });
  return (path) => {
    const beside = new Set(graphs.filter(({ directory }) => directory === directoryOf(path)).map(({ channels }) => channels));
    const declared = configBeside(path)?.['num_channels'];
    return beside.size === 1 ? [...beside][0] : beside.size === 0 && typeof declared === 'number' ? declared : undefined;
  };
}
