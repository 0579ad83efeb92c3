// Glyphs. Severity has a shape of its own each, so that colour is never the only carrier.
import type { ReactElement } from 'react';
import type { Severity, Verdict } from '../../engine/core/finding.ts';

export function Logo(): ReactElement {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M9 1 L17 9 L9 17 L1 9Z" fill="none" stroke="var(--accent)" strokeWidth="1.6" />
      <circle cx="9" cy="9" r="2.6" fill="var(--accent)" />
    </svg>
  );
}

export function SeverityGlyph({ severity, size = 16 }: { readonly severity: Severity; readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={severity}>
      <title>{severity}</title>
      {SHAPES[severity]}
    </svg>
  );
}

const SHAPES: Readonly<Record<Severity, ReactElement>> = {
  critical: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="var(--critical)" />,
  high: <path d="M8 1.5l7 13H1z" fill="var(--high)" />,
  medium: <rect x="2" y="2" width="12" height="12" rx="2" fill="var(--medium)" />,
  low: <circle cx="8" cy="8" r="5.8" fill="none" stroke="var(--low)" strokeWidth="2.4" />,
  info: <path d="M2 8h12" stroke="var(--info)" strokeWidth="2.4" />,
};

export function VerdictGlyph({ verdict, size = 30 }: { readonly verdict: Verdict | 'running' | 'broken'; readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 30 30" aria-hidden="true">
      {VERDICTS[verdict]}
    </svg>
  );
}

const VERDICTS: Readonly<Record<Verdict | 'running' | 'broken', ReactElement>> = {
  backdoor: (
    <>
      <path d="M9 2h12l7 7v12l-7 7H9l-7-7V9z" fill="var(--critical)" />
      <path d="M15 8v9M15 20.6v2.2" stroke="var(--panel)" strokeWidth="3" />
    </>
  ),
  suspicious: (
    <>
      <path d="M15 2.5l13.5 25h-27z" fill="var(--high)" />
      <path d="M15 11v8M15 22v2.2" stroke="var(--panel)" strokeWidth="2.8" />
    </>
  ),
  'no-evidence': (
    <>
      <circle cx="15" cy="15" r="12" fill="none" stroke="var(--good)" strokeWidth="2.4" />
      <circle cx="13.5" cy="13.5" r="4.6" fill="none" stroke="var(--good)" strokeWidth="2" />
      <path d="M17 17l4.4 4.4" stroke="var(--good)" strokeWidth="2" />
    </>
  ),
  'not-tested': <circle cx="15" cy="15" r="12" fill="none" stroke="var(--ink3)" strokeWidth="2.2" strokeDasharray="4.2 3.34" />,
  broken: (
    <>
      <circle cx="15" cy="15" r="12" fill="none" stroke="var(--high)" strokeWidth="2.2" strokeDasharray="4.2 3.34" />
      <path d="M10 10l10 10M20 10l-10 10" stroke="var(--high)" strokeWidth="2.6" />
    </>
  ),
  running: (
    <>
      <circle cx="15" cy="15" r="12" fill="none" stroke="var(--line2)" strokeWidth="2.4" />
      <path d="M15 3a12 12 0 0 1 12 12" fill="none" stroke="var(--accent)" strokeWidth="2.8" strokeLinecap="round" />
    </>
  ),
};

export function Chevron({ open }: { readonly open: boolean }): ReactElement {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <path d={open ? 'M1.5 3l3.5 4 3.5-4' : 'M3 1.5l4 3.5-4 3.5'} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
