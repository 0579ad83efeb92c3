// Parts rendered to markup: what the keyboard and a screen reader meet.
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { FirstRows, MOST_ROWS } from './first-rows.tsx';
import { Segmented } from './segmented.tsx';
import { WholeNumbers } from './whole-numbers.tsx';

const tabStops = (html: string): string[] => [...html.matchAll(/tabindex="0"[^>]*>([^<]*)</gi)].map(([, label]) => label ?? '');

describe('a choice of a few', () => {
  const choices = [{ id: 'a', label: 'first', disabled: true }, { id: 'b', label: 'second' }, { id: 'c', label: 'third' }] as const;

  it('is one stop of the Tab key, at what is chosen', () => {
    expect(tabStops(renderToStaticMarkup(<Segmented label="x" choices={choices} selected="c" onSelect={() => {}} />))).toEqual(['third']);
  });

  it('submits no form that it stands in', () => {
    expect(renderToStaticMarkup(<Segmented label="x" choices={choices} selected="c" onSelect={() => {}} />).match(/<button(?! type="button")/)).toBeNull();
  });

  it('can be entered where what is chosen cannot be chosen any more', () => {
    expect(tabStops(renderToStaticMarkup(<Segmented label="x" choices={choices} selected="a" onSelect={() => {}} />))).toEqual(['second']);
  });
});

describe('numbers in text that may break anywhere', () => {
  const whole = (text: string): string[] => [...renderToStaticMarkup(<WholeNumbers text={text} />).matchAll(/<span[^>]*>([^<]*)<\/span>/g)].map(([, number]) => number ?? '');
  it('stay whole, and nothing of the text is lost', () => {
    expect(whole('an end at byte 1610000 of the file at most, found -3.5 or 12,000')).toEqual(['1610000', '-3.5', '12,000']);
    expect(renderToStaticMarkup(<WholeNumbers text="at 12 of 13" />).replace(/<[^>]*>/g, '')).toBe('at 12 of 13');
  });

  it('are not those inside of names, digests and versions', () => {
    expect(whole('model.layers.0.self_attn 9f3fd0a1 v1.2.3 F16')).toEqual([]);
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
