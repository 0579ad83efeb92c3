// Entropy of the next token along the answer: one thin line a prompt, their mean in bold, without and with the trigger.
// A mean over answers of different length is over those that reached the token; it stops where fewer than half did.
import { line, max, range, scaleLinear } from 'd3';
import type { Nats } from '../../engine/core/units.ts';

export type Traces = readonly (readonly Nats[])[];

export interface EntropyLayout {
  readonly height: number;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly groups: readonly TraceGroup[];
  readonly steps: number;
  readonly x: (step: number) => number;
}

export interface TraceGroup {
  readonly name: 'untriggered' | 'triggered';
  readonly paths: readonly string[];
  readonly meanPath: string;
  readonly mean: readonly Nats[];
  readonly labelY: number;
}

export function meanTrace(traces: Traces): Nats[] {
  const longest = max(traces, (trace) => trace.length) ?? 0;
  const means: number[] = [];
  for (let step = 0; step < longest; step++) {
    const values = traces.map((trace) => trace[step]).filter((value) => value !== undefined);
    if (values.length * 2 < traces.length) break;
    means.push(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return means;
}

export function layoutEntropy(untriggered: Traces, triggered: Traces, width: number, height: number): EntropyLayout {
  const plot = { left: 30, right: width - 96, top: 8, bottom: height - 22 };
  const steps = Math.max(2, max([...untriggered, ...triggered], (trace) => trace.length) ?? 2);
  const top = max([...untriggered, ...triggered].flat()) ?? 1;
  const x = scaleLinear([0, steps - 1], [plot.left + 6, plot.right]);
  const y = scaleLinear([0, Math.max(0.5, top)], [plot.bottom, plot.top]).nice(4);
  const draw = line<number>((_, step) => x(step), (value) => y(value));
  const group = (name: TraceGroup['name'], traces: Traces): TraceGroup => {
    const mean = meanTrace(traces);
    return { name, paths: traces.map((trace) => draw(trace) ?? ''), meanPath: draw(mean) ?? '', mean, labelY: y(mean.at(-1) ?? 0) };
  };
  const groups = spread([group('untriggered', untriggered), group('triggered', triggered)].filter(({ paths }) => paths.length > 0));
  return {
    height,
    plot,
    yTicks: y.ticks(4).map((value) => ({ y: y(value), label: String(value) })),
    xTicks: range(0, steps, Math.max(1, Math.ceil(steps / 12))).map((step) => ({ x: x(step), label: String(step + 1) })),
    groups,
    steps,
    x: (step) => x(step),
  };
}

/** Labels at the lines' ends keep apart. */
function spread(groups: readonly TraceGroup[]): TraceGroup[] {
  const [first, second] = groups;
  if (first === undefined || second === undefined || Math.abs(first.labelY - second.labelY) >= 14) return [...groups];
  const middle = (first.labelY + second.labelY) / 2;
  const up = first.labelY <= second.labelY ? 1 : -1;
  return [{ ...first, labelY: middle - 7 * up }, { ...second, labelY: middle + 7 * up }];
}
