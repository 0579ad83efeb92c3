// Parts rendered to markup: what the keyboard and a screen reader meet.
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { FirstRows, MOST_ROWS } from './first-rows.tsx';
import { Segmented } from './segmented.tsx';

const tabStops = (html: string): string[] => [...html.matchAll(/tabindex="0"[^>]*>([^<]*)</gi)].map(([, label]) => label ?? '');

describe('a choice of a few', () => {
  const choices = [{ id: 'a', label: 'first', disabled: true }, { id: 'b', label: 'second' }, { id: 'c', label: 'third' }] as const;

  it('is one stop of the Tab key, at what is chosen', () => {
    expect(tabStops(renderToStaticMarkup(<Segmented label="x" choices={choices} selected="c" onSelect={() => {}} />))).toEqual(['third']);
  });

  it('can be entered where what is chosen cannot be chosen any more', () => {
    expect(tabStops(renderToStaticMarkup(<Segmented label="x" choices={choices} selected="a" onSelect={() => {}} />))).toEqual(['second']);
  });
});

describe('a list that a file decides the length of', () => {
  const rows = (count: number, first: number): string => renderToStaticMarkup(<FirstRows items={Array.from({ length: count }, (_, i) => i)} first={first}>{(shown) => <p>{shown.length} shown</p>}</FirstRows>);

  it('shows the first, and how many there are', () => {
    expect(rows(5, 5)).toBe('<p>5 shown</p>');
    expect(rows(40, 12)).toMatch(/12 shown.*aria-expanded="false".*all 40/);
    expect(rows(MOST_ROWS + 1, 12)).toContain(`first ${MOST_ROWS} of ${MOST_ROWS + 1}`);
  });
});
