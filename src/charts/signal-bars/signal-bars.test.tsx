import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { SignalBars } from './signal-bars.tsx';

const SIGNALS = [{ name: 'answers', value: 1, pValue: 1e-9 }];
const bars = (muted: boolean): string => renderToStaticMarkup(<SignalBars signals={SIGNALS} columns={['answers']} muted={muted} />);

it('draws one signal as narrow as one of several', () => {
  const widths = [...bars(false).matchAll(/width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(Math.max(...widths)).toBeLessThan(40);
});

it('draws nothing of what did not hold in the colour of what stands out', () => {
  expect(bars(true)).not.toBe(bars(false));
});
