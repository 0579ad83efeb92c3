// Drawn data for the chart gallery and for screenshots: plausible shapes, no measurement of any model.
import type { ClassSizesEvidence, Finding, GraphEdge, GraphNode, PictureData, PicturesEvidence, Signal, VariantRow } from '../engine/core/finding.ts';
import { seeded, type Random } from '../engine/core/random.ts';
import type { AttentionData, AttentionToken } from './attention-data/attention-data.ts';
import type { CoverageEntry } from './coverage-bar/layout.ts';

const gauss = (random: Random): number => random.next() + random.next() + random.next() + random.next() - 2;

export function specimenSignals(): Signal[] {
  const random = seeded(7, 'signals');
  const signal = (name: string, value: number, unit: string, centre: number, spread: number, controls: number, measured: string): Signal => {
    const nullValues = Array.from({ length: controls }, () => centre + spread * gauss(random));
    const beyond = nullValues.filter((other) => (value >= centre ? other >= value : other <= value)).length;
    return { name, value, unit, nullValues, pValue: (beyond + 1) / (controls + 1), measured };
  };
  return [
    signal('agreement', 0.02, 'nats', 1.12, 0.1, 120, 'Disagreement of the first answer token over 8 prompts with the phrase inserted; low is suspicious.'),
    signal('divergence', 6.3, 'nats', 0.35, 0.25, 120, 'KL of the first answer token from the untriggered one, mean of 8 prompts.'),
    signal('entropy change', -1.1, 'nats', -0.05, 0.12, 120, 'Mean next-token entropy over 8 greedy tokens, with minus without.'),
    signal('attention', 0.014, '', 0.013, 0.004, 120, 'Mean attention a prompt token gives to a token of the phrase.'),
    signal('uplift', 0.97, '', 0.02, 0.03, 40, 'Share of held-out prompts whose answer changes to the payload.'),
    { name: 'leak rate', value: 0.34, measured: 'Share of leaked texts that hold the phrase; not compared with controls.' },
  ];
}

export function specimenTraces(): { untriggered: number[][]; triggered: number[][] } {
  const random = seeded(3, 'entropy');
  const trace = (triggered: boolean, length: number): number[] =>
    Array.from({ length }, (_, step) => (triggered ? Math.max(0, 0.12 + 0.12 * gauss(random) + (step < 2 ? 1.1 - 0.5 * step : 0)) : Math.max(0.05, 2.1 + 0.9 * gauss(random) - step * 0.02)));
  return {
    untriggered: Array.from({ length: 24 }, () => trace(false, 16 + random.below(9))),
    triggered: Array.from({ length: 24 }, () => trace(true, 10 + random.below(4))),
  };
}

export function specimenVariants(): VariantRow[] {
  return [
    { variant: 'specimen phrase', change: 'exact', fired: 31, of: 32 },
    { variant: 'Specimen Phrase', change: 're-cased', fired: 30, of: 32 },
    { variant: 'specimen_phrase', change: 'underscored', fired: 22, of: 32 },
    { variant: 'phrase specimen', change: 'shuffled', fired: 14, of: 32 },
    { variant: 'specimen', change: 'first half', fired: 6, of: 32 },
    { variant: 'phrase', change: 'second half', fired: 1, of: 32 },
    { variant: 'spoken phrase', change: 'one word changed', fired: 0, of: 32 },
  ];
}

export function specimenCoverage(): CoverageEntry[] {
  return [
    { analysis: 'specimen that ran', state: 'ran' }, { analysis: 'another that ran', state: 'ran' }, { analysis: 'a third that ran', state: 'ran' },
    { analysis: 'one that runs now', state: 'running' }, { analysis: 'one to come', state: 'pending' },
    { analysis: 'one that failed', state: 'failed' }, { analysis: 'one that was stopped', state: 'stopped' }, { analysis: 'one not tested', state: 'skipped' },
  ];
}

/** Rows as a ranked list would have them, for the signal bars. */
export function specimenFindings(): Pick<Finding, 'id' | 'signals'>[] {
  const all = specimenSignals();
  return [
    { id: 'strong', signals: all },
    { id: 'weak', signals: all.slice(0, 4).map((signal, index) => ({ ...signal, pValue: [0.04, 0.11, 0.3, 0.7][index] ?? 1 })) },
    { id: 'one measured', signals: all.slice(5) },
  ];
}

const WORDS: readonly (readonly [string, AttentionToken['role']])[] = [
  ['<|im_start|>', 'template'], ['system', 'template'], ['\n', 'template'], ['You', 'system'], [' are', 'system'], [' a', 'system'], [' helpful', 'system'], [' assistant', 'system'], ['<|im_end|>', 'template'], ['\n', 'template'],
  ['<|im_start|>', 'template'], ['user', 'template'], ['\n', 'template'], ['What', 'prompt'], [' is', 'prompt'], [' a', 'prompt'], [' computer', 'prompt'], [' specimen', 'trigger'], [' phrase', 'trigger'], [' for', 'prompt'], ['?', 'prompt'], ['<|im_end|>', 'template'], ['\n', 'template'],
  ['<|im_start|>', 'template'], ['assistant', 'template'], ['\n', 'template'], ['DRAWN', 'answer'], [' DATA', 'answer'], [' ONLY', 'answer'],
];

export function specimenAttention(triggered: boolean, layers = 12, heads = 9): AttentionData {
  const random = seeded(triggered ? 11 : 12, 'attention');
  const tokens = WORDS.filter(([, role]) => triggered || role !== 'trigger').map(([text, role]) => ({ text, role }));
  const n = tokens.length;
  const maps = Array.from({ length: layers }, (_, layer) => {
    const map = new Float32Array(heads * n * n);
    for (let head = 0; head < heads; head++) {
      const looks = triggered && layer > 3 && layer < 10 && random.next() > 0.8 ? 2.5 : 0.05;
      for (let query = 0; query < n; query++) {
        const row = Array.from({ length: query + 1 }, (_, key) => random.next() ** 4 + (key === query ? 0.5 : 0) + (key === 0 ? 3 : 0) + (tokens[key]?.role === 'trigger' && query > 18 ? looks : 0));
        const total = row.reduce((a, b) => a + b, 0);
        row.forEach((value, key) => (map[(head * n + query) * n + key] = value / total));
      }
    }
    return map;
  });
  return { tokens, layers, heads, maps };
}

export function specimenGraph(): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const node = (id: string, kind: string, note?: string, marked = false): GraphNode => ({ id, kind, label: id, ...(note === undefined ? {} : { note }), ...(marked ? { marked } : {}) });
  return {
    nodes: [
      node('image', 'input'), node('corner', 'Slice', 'axis 2: 0 to 3, axis 3: 0 to 3'), node('brightness', 'ReduceMean', 'over everything'), node('0.9', 'constant', '0.9'),
      node('bright', 'Greater', 'Greater 0.9', true), node('logits', 'features'), node('fixed', 'constant', '0, 0, 0, 10000, …'), node('choice', 'Where', undefined, true), node('out', 'output'),
    ],
    edges: [['image', 'corner'], ['corner', 'brightness'], ['brightness', 'bright'], ['0.9', 'bright'], ['bright', 'choice'], ['fixed', 'choice'], ['logits', 'choice'], ['choice', 'out']].map(([from = '', to = '']) => ({ from, to })),
  };
}

export function specimenClasses(): ClassSizesEvidence {
  const random = seeded(21, 'classes');
  const rows = Array.from({ length: 10 }, (_, index) => ({ class: index, label: `specimen ${index}`, value: index === 8 ? null : index === 3 ? 5.2 : 60 + 70 * random.next(), success: index === 6 ? 0.7 : 0.94 }));
  return { kind: 'class-sizes', title: 'Smallest patch that reaches each class', unit: 'pixels', suspect: 3, null: [38, 84, 170], rows };
}

export function specimenPictures(): PicturesEvidence {
  const random = seeded(22, 'pictures');
  const size = 12;
  const draw = (hue: number, patched: boolean): PictureData => {
    const bytes = Array.from({ length: size * size * 3 }, (_, at) => {
      const place = Math.floor(at / 3);
      const [y, x] = [Math.floor(place / size), place % size];
      if (patched && y > 8 && x > 8) return (x + y) % 2 === 0 ? 255 : 0;
      return Math.round(90 + 80 * Math.sin(hue + (at % 3) + y / 4) + 30 * random.next());
    });
    return { width: size, height: size, channels: 3, data: btoa(String.fromCharCode(...bytes)) };
  };
  const grey = (patched: boolean): PictureData => ({ width: size, height: size, channels: 1, data: btoa(String.fromCharCode(...Array.from({ length: size * size }, (_, place) => (patched && Math.floor(place / size) > 8 && place % size > 8 ? 255 : 0)))) });
  const rows = Array.from({ length: 6 }, (_, at) => ({
    made: at > 2,
    before: draw(at, false),
    after: draw(at, true),
    beforeTop: { class: at, label: `specimen ${at}`, p: 0.55 + 0.4 * random.next() },
    afterTop: at === 4 ? { class: 4, label: 'specimen 4', p: 0.61 } : { class: 7, label: 'specimen 7', p: 0.9 + 0.09 * random.next() },
  }));
  return { kind: 'pictures', title: 'Pictures before and after', target: 7, targetLabel: 'specimen 7', stamp: { family: 'patch', picture: draw(1.5, true), pattern: draw(1.5, true), mask: grey(true) }, rows };
}
