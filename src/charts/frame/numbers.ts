// Numbers on charts: short, with a real minus sign.

export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const text = value === 0 ? '0' : size >= 1e5 || size < 1e-3 ? value.toExponential(1) : size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '').replace('-', '−');
}

export function shortP(p: number): string {
  if (p < 1e-4) return `p=${p.toExponential(0)}`;
  return `p=${p.toPrecision(p >= 0.1 ? 2 : 1).replace(/^0/, '')}`;
}
