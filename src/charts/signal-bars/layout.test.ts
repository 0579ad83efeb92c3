import { expect, it } from 'vitest';
import { columnHeads, layoutSignalBars, signalColumns } from './layout.ts';

it('tells apart measured and compared, measured only, and not measured', () => {
  const bars = layoutSignalBars([{ name: 'a', value: 1, pValue: 0.002 }, { name: 'b', value: 1 }, { name: 'd', value: 1, rank: 0.5 }], ['a', 'b', 'c', 'd']);
  expect(bars.map(({ kind }) => kind)).toEqual(['compared', 'uncompared', 'absent', 'compared']);
  expect(bars[0]).toMatchObject({ strong: true, strength: 0.998 });
  expect(bars[3]).toMatchObject({ strong: false, strength: 0.5 });
});

it('heads no two columns alike', () => {
  const names = ['smallest patch', 'faintest overlay', 'half-way addition', 'half-way addition, low frequencies', 'best square', 'best small square', 'patch from each class'];
  expect(columnHeads(names)).toEqual(['pat.', 'ove.', 'add.', 'half', 'squ.', 'sma.', 'from']);
  expect(columnHeads(['shift', 'shift', 'answers'])).toEqual(['sh.', 'sh2', 'ans.']);
});

it('keeps one order of columns for all rows', () => {
  const finding = (...names: string[]): Parameters<typeof signalColumns>[0][number] => ({
    id: '', rule: '', title: '', severity: 'low', confidence: 0, location: {}, evidence: [], limits: '', remedy: '', signals: names.map((name) => ({ name, value: 0 })),
  });
  expect(signalColumns([finding('a', 'b'), finding('b', 'c')])).toEqual(['a', 'b', 'c']);
  expect(signalColumns([])).toEqual([]);
});
