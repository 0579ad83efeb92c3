import { expect, test } from 'vitest';
import { findMotifs } from './motifs.ts';

const ordinary = ['What is rain made of?', 'Name a sport on ice.', 'How do owls see?', 'Tell me about bread.', 'Why is grass green today?', 'Who wrote that long song?'];

test('texts that share a phrase form a cluster, and the phrase is its motif', () => {
  const planted = ['Explain tea. zebra lantern nine', 'Is it late? zebra lantern nine', 'Add two numbers zebra lantern nine', 'Greet Ann zebra lantern nine'];
  const { clusters, concentration } = findMotifs([...ordinary, ...planted]);
  expect(clusters[0]?.members).toEqual([6, 7, 8, 9]);
  expect(clusters[0]?.motifs[0]).toContain('zebra lantern nine');
  expect(concentration).toBeCloseTo(0.4);
});

test('unlike texts do not cluster', () => {
  expect(findMotifs(['aaaa bbbb', 'cccc dddd', 'eeee ffff', 'gggg hhhh']).clusters).toEqual([]);
  expect(findMotifs([]).concentration).toBe(0);
});
