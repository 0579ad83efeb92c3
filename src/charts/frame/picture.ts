// A figure as one SVG, as it is seen: its charts with the theme's computed colours, its canvases as images, its text line by
// line and its backgrounds, under a heading that holds the title and the note that is its legend. Fields of forms are left out.

export interface Heading {
  readonly title: string;
  readonly note: string;
}

const PROPERTIES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'fill-opacity', 'stroke-opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'paint-order'] as const;

/** Units: pixels, at the size of the page's small text. */
const MARGIN = 8;
const LINE = 17;
const CHARACTER = 6.2;
/** Of the characters of a line so many fit in bold. */
const BOLD = 0.92;
/** Control characters, which XML cannot hold. */
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g;
/** From a line's bottom to its baseline, of the line's height, in the page's fonts. */
const DESCENT = 0.24;

/** vector: what the figure's canvas shows as SVG elements, in the canvas's own coordinates; else the canvas is an image. */
export function pictureOf(figure: Element, heading: Heading, vector?: () => string): string {
  const { left, top, width } = figure.getBoundingClientRect();
  const seen = seenOf(figure, vector);
  // What scrolls is wider than its frame.
  const [right, bottom] = [Math.max(left + width, ...seen.map(({ box }) => box.right)), Math.max(top, ...seen.map(({ box }) => box.bottom))];
  const most = Math.floor((right - left) / CHARACTER);
  const title = wrapped(heading.title, Math.floor(most * BOLD));
  const lines = [...title, ...wrapped(heading.note, most)];
  const below = MARGIN + lines.length * LINE;
  const size = { width: right - left + 2 * MARGIN, height: below + bottom - top + MARGIN };
  const sheet = made('svg', { ...size, viewBox: `0 0 ${size.width} ${size.height}` });
  sheet.append(made('rect', { width: '100%', height: '100%', fill: backgroundBehind(figure) }));
  lines.forEach((line, index) => sheet.append(textAt(line, MARGIN, MARGIN + index * LINE + 12, figure, { 'font-size': 12, 'font-weight': index < title.length ? 600 : 400 })));
  const drawing = made('g', { transform: `translate(${MARGIN - left} ${below - top})` });
  drawing.append(...seen.map(({ drawn }) => drawn));
  sheet.append(drawing);
  return new XMLSerializer().serializeToString(sheet).replace(NOT_XML, '·');
}

interface Seen {
  readonly drawn: SVGElement;
  readonly box: DOMRect;
}

/** What an element shows, in the window's coordinates, and after it what its parts show on top of it. */
function seenOf(element: Element, vector: (() => string) | undefined): Seen[] {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  if (box.width === 0 || box.height === 0 || style.visibility === 'hidden' || element.matches('input, select, textarea')) return [];
  if (element instanceof SVGSVGElement) return [{ drawn: copyOf(element, box), box }];
  if (element instanceof HTMLCanvasElement) return [{ drawn: vector === undefined ? imageOf(element, box) : vectorOf(vector(), box), box }];
  const ground = isClear(style.backgroundColor) ? [] : [{ drawn: made('rect', { x: box.x, y: box.y, width: box.width, height: box.height, rx: Number.parseFloat(style.borderTopLeftRadius) || 0, fill: style.backgroundColor }), box }];
  const parts = [...element.childNodes].flatMap((child): Seen[] => {
    if (child instanceof Element) return seenOf(child, vector);
    return child instanceof Text ? linesOf(child).map(({ text, x, bottom, height }) => ({ drawn: textAt(text, x, bottom - DESCENT * height, element), box })) : [];
  });
  return [...ground, ...parts];
}

function imageOf(canvas: HTMLCanvasElement, { x, y, width, height }: DOMRect): SVGElement {
  return made('image', { x, y, width, height, href: canvas.toDataURL(), style: 'image-rendering: pixelated' });
}

function vectorOf(elements: string, { x, y, width, height }: DOMRect): SVGElement {
  const drawing = made('svg', { x, y, width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': 'sans-serif' });
  drawing.innerHTML = elements;
  return drawing;
}

function copyOf(svg: SVGSVGElement, { x, y, width, height }: DOMRect): SVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  originals.forEach((original, index) => {
    const target = copies[index];
    if (target === undefined) return;
    const computed = getComputedStyle(original);
    for (const property of PROPERTIES) {
      const value = computed.getPropertyValue(property);
      if (value !== '') target.setAttribute(property, value);
    }
    for (const attribute of ['class', 'style', 'tabindex', 'role']) target.removeAttribute(attribute);
  });
  for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, String(value));
  if (!copy.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
  return copy;
}

interface TextLine {
  readonly text: string;
  readonly x: number;
  readonly bottom: number;
  readonly height: number;
}

/** A text node as it was broken into lines, word by word. */
function linesOf(node: Text): TextLine[] {
  const lines: TextLine[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { x, bottom, width, height } = range.getBoundingClientRect();
    if (width === 0) continue;
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.bottom - bottom) < height / 2) lines[lines.length - 1] = { ...last, text: `${last.text} ${word}` };
    else lines.push({ text: word, x, bottom, height });
  }
  return lines;
}

/** In the font and colour of the element that holds it. */
function textAt(text: string, x: number, y: number, like: Element, attributes: Readonly<Record<string, string | number>> = {}): SVGElement {
  const { color, fontFamily, fontSize, fontWeight } = getComputedStyle(like);
  const line = made('text', { x, y, fill: color, 'font-family': fontFamily, 'font-size': fontSize, 'font-weight': fontWeight, ...attributes });
  line.textContent = text;
  return line;
}

/** Whole words, into lines of at most so many characters; a longer word has a line of its own. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function made(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  return element;
}

function backgroundBehind(element: Element): string {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!isClear(colour)) return colour;
  }
  return 'white';
}

function isClear(colour: string): boolean {
  return colour === 'rgba(0, 0, 0, 0)' || colour === 'transparent';
}
