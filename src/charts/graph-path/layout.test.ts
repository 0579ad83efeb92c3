import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BOX, layoutGraph } from './layout.ts';

const node = (id: string) => ({ id, kind: 'Add', label: id });

it('puts what leads to something left of it, and constants right before their use', () => {
  const { nodes } = layoutGraph(['x', 'a', 'b', 'c', 'out'].map(node), [{ from: 'x', to: 'a' }, { from: 'a', to: 'b' }, { from: 'c', to: 'b' }, { from: 'b', to: 'out' }]);
  const x = new Map(nodes.map(({ node: { id }, x: at }) => [id, at]));
  expect(x.get('x')).toBeLessThan(x.get('a') ?? 0);
  expect(x.get('a')).toBeLessThan(x.get('b') ?? 0);
  expect(x.get('c')).toBe(x.get('a'));
  expect(x.get('b')).toBeLessThan(x.get('out') ?? 0);
});

it('draws no box over another, whatever the graph, cycles too', () => {
  const edge = fc.record({ from: fc.integer({ min: 0, max: 9 }), to: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 20 }), (edges) => {
      const { nodes, width, height } = layoutGraph(Array.from({ length: 10 }, (_, i) => node(String(i))), edges.map(({ from, to }) => ({ from: String(from), to: String(to) })));
      for (const a of nodes) {
        expect(a.x + BOX.width).toBeLessThanOrEqual(width);
        expect(a.y + BOX.height).toBeLessThanOrEqual(height);
        for (const b of nodes) if (a !== b) expect(Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height).toBe(true);
      }
    }),
  );
});
