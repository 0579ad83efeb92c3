// The rendered prompt and its answer as tokens: trigger marked, each token shaded by what the query gives it,
// arcs from the query (layout.ts). Hover previews a query, click locks it; Tab enters at the query, arrows go on from there.
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { AttentionToken } from '../attention-data/attention-data.ts';
import { tokenLabel } from '../frame/token-label.ts';
import { layoutArcs, type Box } from './layout.ts';
import styles from './token-strip.module.css';

export interface TokenStripProps {
  readonly label: string;
  readonly tokens: readonly AttentionToken[];
  readonly query: number;
  /** [key]: what the query gives to each token. */
  readonly weights: Float32Array;
  readonly hideSinks: boolean;
  readonly lit: number | undefined;
  readonly onHover: (token: number | undefined) => void;
  readonly onLock: (token: number) => void;
}

export function TokenStrip({ label, tokens, query, weights, hideSinks, lit, onHover, onLock }: TokenStripProps): ReactElement {
  const strip = useRef<HTMLDivElement>(null);
  const [boxes, setBoxes] = useState<readonly Box[]>([]);
  useLayoutEffect(() => {
    const element = strip.current;
    if (element === null) return;
    const measure = (): void =>
      setBoxes([...element.querySelectorAll<HTMLElement>('[data-token]')].map((span) => ({ left: span.offsetLeft, top: span.offsetTop, width: span.offsetWidth, height: span.offsetHeight })));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [tokens]);
  // Of a long prompt its end is shown first, with the query and mostly the trigger. Once a prompt: hovering must not move it.
  useLayoutEffect(() => {
    const element = strip.current;
    const end = element?.querySelector<HTMLElement>(`[data-token="${query}"]`);
    if (element !== null && end !== null && end !== undefined) element.scrollTop = end.offsetTop + 2 * end.offsetHeight - element.clientHeight;
  }, [tokens]);
  // Esc after a click makes browsers ring the clicked token as if keys had led there, and the ring looks like a choice.
  const clicked = useRef(false);
  const onKey = (event: KeyboardEvent): void => {
    const focused = document.activeElement;
    if (event.key === 'Escape' && clicked.current && focused instanceof HTMLElement) focused.blur();
    clicked.current = false;
    const from = Number(document.activeElement?.getAttribute('data-token') ?? query);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    strip.current?.querySelector<HTMLElement>(`[data-token="${to}"]`)?.focus();
  };
  const arcs = layoutArcs(boxes, query, weights, hideSinks);
  const most = Math.max(0.05, ...[...weights].map((value, key) => (hideSinks && key === 0 ? 0 : value)));
  return (
    <div className={styles.strip} ref={strip} role="group" aria-label={label} onPointerDown={() => (clicked.current = true)} onKeyDown={onKey} onPointerLeave={() => onHover(undefined)}>
      <svg className={styles.arcs} aria-hidden="true">
        {arcs.map((arc) => <path key={arc.key} d={arc.path} className={tokens[arc.key]?.role === 'trigger' ? styles.triggerArc : styles.arc} strokeWidth={0.6 + 5 * arc.weight} opacity={0.25 + 0.75 * Math.min(1, arc.weight / most)} />)}
      </svg>
      {tokens.map((token, index) => {
        const weight = hideSinks && index === 0 ? 0 : (weights[index] ?? 0);
        const share = Math.round(Math.min(1, weight / most) * 100);
        return (
          <button
            key={index}
            data-token={index}
            tabIndex={index === query ? 0 : -1}
            className={`${styles.token ?? ''} ${styles[token.role] ?? ''} ${index === query ? (styles.query ?? '') : ''} ${index === lit ? (styles.lit ?? '') : ''}`}
            style={index === query || token.role === 'trigger' || share === 0 ? undefined : { background: `color-mix(in oklab, transparent, var(--accent) ${Math.round(share * 0.5)}%)` }}
            title={index <= query ? `${token.role}, token ${index}: ${(weight * 100).toFixed(1)} % of the query’s attention` : `${token.role}, token ${index}`}
            onPointerEnter={() => onHover(index)}
            onFocus={() => onHover(index)}
            onBlur={() => onHover(undefined)}
            onClick={() => onLock(index)}
          >
            {tokenLabel(token.text)}
          </button>
        );
      })}
    </div>
  );
}
