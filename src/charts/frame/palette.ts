// The tokens' colours as the canvas needs them (resolved), renewed when the theme changes.
import { interpolateRgb } from 'd3';
import { useEffect, useState } from 'react';

export interface Palette {
  readonly panel: string;
  readonly ink: string;
  readonly ink3: string;
  readonly line: string;
  readonly accent: string;
  readonly critical: string;
  readonly mark: string;
  /** Sequential, 0 to 1, from the panel to the accent; a root brings out small values. */
  readonly ramp: (value: number) => string;
  /** Diverging, -1 to 1: accent, panel, mark. */
  readonly diverge: (value: number) => string;
}

const STEPS = 96;

function readPalette(): Palette {
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const [panel, ink, ink3, line, accent, critical, mark] = ['--panel', '--ink', '--ink3', '--line', '--accent', '--critical', '--high'].map(read);
  probe.remove();
  return paletteOf(panel ?? 'white', ink ?? 'black', ink3 ?? 'gray', line ?? 'silver', accent ?? 'blue', critical ?? 'crimson', mark ?? 'orange');
}

function paletteOf(panel: string, ink: string, ink3: string, line: string, accent: string, critical: string, mark: string): Palette {
  const mix = interpolateRgb(panel, accent);
  const table = Array.from({ length: STEPS + 1 }, (_, step) => mix((step / STEPS) ** 0.7));
  const ramp = (value: number): string => table[Math.round(Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0)) * STEPS)] ?? panel;
  const [fall, rise] = [interpolateRgb(panel, accent), interpolateRgb(panel, mark)];
  const diverge = (value: number): string => (Number.isNaN(value) ? panel : (value < 0 ? fall : rise)(Math.min(1, Math.abs(value)) ** 0.7));
  return { panel, ink, ink3, line, accent, critical, mark, ramp, diverge };
}

export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const renew = (): void => setPalette(readPalette());
    const media = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(forced-colors: active)')];
    const observer = new MutationObserver(renew);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    media.forEach((query) => query.addEventListener('change', renew));
    return () => {
      observer.disconnect();
      media.forEach((query) => query.removeEventListener('change', renew));
    };
  }, []);
  return palette;
}

/** Sizes a canvas for the screen's pixels and gives its context in CSS pixels. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
