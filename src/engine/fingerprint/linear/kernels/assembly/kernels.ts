// The dense kernels of linear/, for AssemblyScript (assemblyscript.org), compiled to WebAssembly with 128-bit vectors by
// scripts/build-kernels.mjs. Plain SIMD only: no fused multiply-add and no threads, so every machine gives the same digits.
// Addresses are bytes, strides are elements. Products are tiled: four rows of the left side by two vectors of the right one stay in
// registers; the right side is packed into panels of that width, DEPTH deep, which fit the first-level cache.
// Callers pad: rows to a multiple of 4, columns to two vectors, lengths of element-wise kernels to one vector.

const DEPTH: i32 = 256;

/** c [m, n] = a b, single precision; n is a multiple of 8. a's element (i, l) is at a + 4 (i ar + l ac). */
export function multiply32(m: i32, n: i32, k: i32, a: usize, ar: i32, ac: i32, b: usize, br: i32, bc: i32, c: usize, panel: usize): void {
  const row: usize = <usize>ar << 2, step: usize = <usize>ac << 2, width: usize = <usize>n << 2;
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let j = 0; j < n; j += 8) {
      pack32(b + ((<usize>k0 * br + <usize>j * bc) << 2), br, bc, depth, panel);
      const end = panel + (<usize>depth << 5);
      for (let i = 0; i < m; i += 4) {
        let p0 = a + (<usize>i * row + <usize>k0 * step);
        const p1 = row, p2 = row << 1, p3 = (row << 1) + row;
        let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (let q = panel; q < end; q += 32) {
          const y0 = v128.load(q), y1 = v128.load(q, 16);
          const x0 = v128.load32_splat(p0);
          s00 = f32x4.add(s00, f32x4.mul(x0, y0));
          s01 = f32x4.add(s01, f32x4.mul(x0, y1));
          const x1 = v128.load32_splat(p0 + p1);
          s10 = f32x4.add(s10, f32x4.mul(x1, y0));
          s11 = f32x4.add(s11, f32x4.mul(x1, y1));
          const x2 = v128.load32_splat(p0 + p2);
          s20 = f32x4.add(s20, f32x4.mul(x2, y0));
          s21 = f32x4.add(s21, f32x4.mul(x2, y1));
          const x3 = v128.load32_splat(p0 + p3);
          s30 = f32x4.add(s30, f32x4.mul(x3, y0));
          s31 = f32x4.add(s31, f32x4.mul(x3, y1));
          p0 += step;
        }
        let out = c + <usize>i * width + (<usize>j << 2);
        put32(out, s00, s01, k0 != 0);
        put32(out += width, s10, s11, k0 != 0);
        put32(out += width, s20, s21, k0 != 0);
        put32(out + width, s30, s31, k0 != 0);
      }
    }
  }
}

function put32(at: usize, x: v128, y: v128, add: bool): void {
  v128.store(at, add ? f32x4.add(v128.load(at), x) : x);
  v128.store(at, add ? f32x4.add(v128.load(at, 16), y) : y, 16);
}

/** Eight columns, side by side. */
function pack32(from: usize, br: i32, bc: i32, depth: i32, to: usize): void {
  const row: usize = <usize>br << 2;
  if (bc == 1) {
    for (let l = 0; l < depth; l++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += row;
      to += 32;
    }
    return;
  }
  const column: usize = <usize>bc << 2;
  for (let j = 0; j < 8; j++) {
    let source = from, target = to;
    for (let l = 0; l < depth; l++) {
      store<f32>(target, load<f32>(source));
      source += row;
      target += 32;
    }
    from += column;
    to += 4;
  }
}

/** As multiply32, in double precision; n is a multiple of 4. */
export function multiply64(m: i32, n: i32, k: i32, a: usize, ar: i32, ac: i32, b: usize, br: i32, bc: i32, c: usize, panel: usize): void {
  const row: usize = <usize>ar << 3, step: usize = <usize>ac << 3, width: usize = <usize>n << 3;
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let j = 0; j < n; j += 4) {
      pack64(b + ((<usize>k0 * br + <usize>j * bc) << 3), br, bc, depth, panel);
      const end = panel + (<usize>depth << 5);
      for (let i = 0; i < m; i += 4) {
        let p0 = a + (<usize>i * row + <usize>k0 * step);
        const p1 = row, p2 = row << 1, p3 = (row << 1) + row;
        let s00 = f64x2.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (let q = panel; q < end; q += 32) {
          const y0 = v128.load(q), y1 = v128.load(q, 16);
          const x0 = v128.load64_splat(p0);
          s00 = f64x2.add(s00, f64x2.mul(x0, y0));
          s01 = f64x2.add(s01, f64x2.mul(x0, y1));
          const x1 = v128.load64_splat(p0 + p1);
          s10 = f64x2.add(s10, f64x2.mul(x1, y0));
          s11 = f64x2.add(s11, f64x2.mul(x1, y1));
          const x2 = v128.load64_splat(p0 + p2);
          s20 = f64x2.add(s20, f64x2.mul(x2, y0));
          s21 = f64x2.add(s21, f64x2.mul(x2, y1));
          const x3 = v128.load64_splat(p0 + p3);
          s30 = f64x2.add(s30, f64x2.mul(x3, y0));
          s31 = f64x2.add(s31, f64x2.mul(x3, y1));
          p0 += step;
        }
        let out = c + <usize>i * width + (<usize>j << 3);
        put64(out, s00, s01, k0 != 0);
        put64(out += width, s10, s11, k0 != 0);
        put64(out += width, s20, s21, k0 != 0);
        put64(out + width, s30, s31, k0 != 0);
      }
    }
  }
}

function put64(at: usize, x: v128, y: v128, add: bool): void {
  v128.store(at, add ? f64x2.add(v128.load(at), x) : x);
  v128.store(at, add ? f64x2.add(v128.load(at, 16), y) : y, 16);
}

function pack64(from: usize, br: i32, bc: i32, depth: i32, to: usize): void {
  const row: usize = <usize>br << 3, column: usize = <usize>bc << 3;
  for (let l = 0; l < depth; l++) {
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from + column), 8);
    store<f64>(to, load<f64>(from + (column << 1)), 16);
    store<f64>(to, load<f64>(from + (column << 1) + column), 24);
    from += row;
    to += 32;
  }
}

/** c [m, n] = squared Euclidean distances between rows of a [m, k] and rows of b [n, k], row-major. */
export function distances64(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize, panel: usize): void {
  const row: usize = <usize>k << 3, width: usize = <usize>n << 3;
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let j = 0; j < n; j += 4) {
      pack64(b + <usize>j * row + (<usize>k0 << 3), 1, k, depth, panel);
      const end = panel + (<usize>depth << 5);
      for (let i = 0; i < m; i += 2) {
        let p0 = a + <usize>i * row + (<usize>k0 << 3);
        let s00 = f64x2.splat(0), s01 = s00, s10 = s00, s11 = s00;
        for (let q = panel; q < end; q += 32) {
          const y0 = v128.load(q), y1 = v128.load(q, 16);
          const x0 = v128.load64_splat(p0), x1 = v128.load64_splat(p0 + row);
          const d00 = f64x2.sub(x0, y0), d01 = f64x2.sub(x0, y1), d10 = f64x2.sub(x1, y0), d11 = f64x2.sub(x1, y1);
          s00 = f64x2.add(s00, f64x2.mul(d00, d00));
          s01 = f64x2.add(s01, f64x2.mul(d01, d01));
          s10 = f64x2.add(s10, f64x2.mul(d10, d10));
          s11 = f64x2.add(s11, f64x2.mul(d11, d11));
          p0 += 8;
        }
        const out = c + <usize>i * width + (<usize>j << 3);
        put64(out, s00, s01, k0 != 0);
        put64(out + width, s10, s11, k0 != 0);
      }
    }
  }
}

/** x [rows, cols] = max(x + bias, floor). */
export function addBias32(rows: i32, cols: i32, x: usize, bias: usize, floor: f32): void {
  const least = f32x4.splat(floor), width: usize = <usize>cols << 2;
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < width; j += 16) v128.store(x + j, f32x4.max(least, f32x4.add(v128.load(x + j), v128.load(bias + j))));
    x += width;
  }
}

/** out = scale (a - b). */
export function difference32(count: i32, a: usize, b: usize, scale: f32, out: usize): void {
  const factor = f32x4.splat(scale), end: usize = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, f32x4.mul(factor, f32x4.sub(v128.load(a + at), v128.load(b + at))));
}

/** Zeroes x wherever y is not positive: what ReLU passes back. */
export function maskByPositive32(count: i32, x: usize, y: usize): void {
  const zero = f32x4.splat(0), end: usize = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16) v128.store(x + at, v128.and(v128.load(x + at), f32x4.gt(v128.load(y + at), zero)));
}

/** out [cols] = column sums of x [rows, cols]. */
export function columnSums32(rows: i32, cols: i32, x: usize, out: usize): void {
  const width: usize = <usize>cols << 2;
  for (let j: usize = 0; j < width; j += 16) {
    let sum = f32x4.splat(0), at = x + j;
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(at));
      at += width;
    }
    v128.store(out + j, sum);
  }
}

/** One step t of Adam; rate = lr / (1 - beta1^t) and root = sqrt(1 - beta2^t) correct the bias of the moments. */
export function adam32(count: i32, values: usize, gradient: usize, first: usize, second: usize, rate: f32, root: f32, beta1: f64, beta2: f64, epsilon: f32): void {
  const keep1 = f32x4.splat(<f32>beta1), take1 = f32x4.splat(<f32>(1.0 - beta1)), keep2 = f32x4.splat(<f32>beta2), take2 = f32x4.splat(<f32>(1.0 - beta2));
  const pace = f32x4.splat(rate), correction = f32x4.splat(root), least = f32x4.splat(epsilon), end: usize = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = v128.load(gradient + at);
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first + at)), f32x4.mul(take1, g));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second + at)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const change = f32x4.div(f32x4.mul(pace, m), f32x4.add(f32x4.div(f32x4.sqrt(v), correction), least));
    v128.store(values + at, f32x4.sub(v128.load(values + at), change));
  }
}
