// Gamma, beta and normal functions in double precision: what every p-value of the monitors stands on.
// ln Γ: Lanczos (g = 607/128, 15 terms; Godfrey 2001). Incomplete gamma and beta: series and continued fractions by
// Lentz's method (DLMF 8.11, 8.17.22). Relative error below 1e-12 in the ranges of statistics.test.ts (against SciPy);
// arguments beyond about 1e8 lose digits, since x ln x is subtracted from x there.
import type { Probability } from '../../core/units.ts';

const LANCZOS = [
  0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174, -0.49191381609762019978,
  3.3994649984811888699e-5, 4.6523628927048575665e-5, -9.8374475304879564677e-5, 1.5808870322491248884e-4,
  -2.1026444172410488319e-4, 2.174396181152126432e-4, -1.6431810653676389022e-4, 8.4418223983852743293e-5,
  -2.6190838401581408670e-5, 3.6899182659531622704e-6,
] as const;
const HALF_LOG_TWO_PI = 0.91893853320467274178;
const TINY = 1e-300;
const EPSILON = 1e-16;
const MOST_STEPS = 100_000;

const logFactorials = new Float64Array(1024);
for (let n = 2; n < logFactorials.length; n++) logFactorials[n] = logGammaLanczos(n + 1);

/** ln Γ(x), x > 0. */
export function logGamma(x: number): number {
  if (Number.isInteger(x) && x >= 1 && x <= logFactorials.length) return logFactorials[x - 1] ?? 0;
  return logGammaLanczos(x);
}

function logGammaLanczos(x: number): number {
  if (!(x > 0)) return Number.NaN;
  // Stirling's series is more exact than Lanczos where x is large.
  if (x >= 32) {
    const r = 1 / x;
    const r2 = r * r;
    return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + r * (1 / 12 - r2 * (1 / 360 - r2 * (1 / 1260 - r2 * (1 / 1680 - r2 * (1 / 1188 - r2 * (691 / 360_360))))));
  }
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (x - 1 + i);
  const t = x - 1 + 607 / 128 + 0.5;
  return (x - 0.5) * Math.log(t) - t + HALF_LOG_TWO_PI + Math.log(sum);
}

export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Q(a, x) = Γ(a, x) / Γ(a): the upper tail. */
export function gammaUpper(a: number, x: number): Probability {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** P(a, x) = 1 - Q(a, x): the lower tail. */
export function gammaLower(a: number, x: number): Probability {
  if (x <= 0) return 0;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_STEPS && Math.abs(term) > Math.abs(sum) * EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < MOST_STEPS; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / awayFromZero(an * d + b);
    c = awayFromZero(b + an / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < EPSILON * 2) break;
  }
  return h * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** I_x(a, b), regularised. */
export function betaLower(x: number, a: number, b: number): Probability {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** 1 - I_x(a, b), without cancelling. */
export function betaUpper(x: number, a: number, b: number): Probability {
  return betaLower(1 - x, b, a);
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < EPSILON * 2) break;
  }
  return h;
}

function awayFromZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}

/** P(Z > z), Z standard normal. */
export function normalUpper(z: number): Probability {
  if (z < 0) return 1 - normalUpper(-z);
  return 0.5 * gammaUpper(0.5, (z * z) / 2);
}

/** The z with P(Z <= z) = p: Acklam's rational start, mended by Halley's step. */
export function normalQuantile(p: Probability): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  let z: number;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    z = (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
  } else {
    const q = p - 0.5;
    const r = q * q;
    z = ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239) * q) /
      (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1);
  }
  for (let i = 0; i < 2; i++) {
    const error = (normalUpper(-z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}
