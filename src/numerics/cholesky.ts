/** Cholesky factorisation of small symmetric positive definite matrices, row-major, in place. */

/** Replaces the lower triangle of the n × n matrix by its Cholesky factor; false (contents undefined) if it is not positive definite. */
export function factor(a: Float64Array, n: number): boolean {
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= a[j * n + k]! ** 2;
    if (!(pivot > 0)) return false;
    const root = Math.sqrt(pivot);
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = sum / root;
    }
  }
  return true;
}

/** b ← L⁻¹ b. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k]!;
    b[i] = sum / l[i * n + i]!;
  }
}

/** b ← L⁻ᵀ b. */
export function solveUpper(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * b[k]!;
    b[i] = sum / l[i * n + i]!;
  }
}

/** b ← (L Lᵀ)⁻¹ b. */
export function solve(l: Float64Array, n: number, b: Float64Array): void {
  solveLower(l, n, b);
  solveUpper(l, n, b);
}

/** log |L Lᵀ|. */
export function logDeterminant(l: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]!);
  return 2 * sum;
}

/** Inverse of a symmetric positive definite matrix, or null if it is not. The argument keeps its contents. */
export function inverse(a: Float64Array, n: number): Float64Array | null {
  // Scaled to unit diagonal first: parameters differ by orders of magnitude in scale.
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (!(a[i * n + i]! > 0)) return null;
    scale[i] = 1 / Math.sqrt(a[i * n + i]!);
  }
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) l[i * n + j] = a[i * n + j]! * scale[i]! * scale[j]!;
  if (!factor(l, n)) return null;
  const out = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    solve(l, n, column);
    for (let i = 0; i < n; i++) out[i * n + j] = column[i]! * scale[i]! * scale[j]!;
  }
  return out;
}

/** Lower Cholesky factor of a positive semidefinite matrix: columns of pivot zero are zero. */
export function semidefiniteFactor(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= l[j * n + k]! ** 2;
    // Relative to the entry itself: what rounding leaves of a zero.
    if (!(pivot > 1e-14 * a[j * n + j]!)) continue;
    l[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = sum / l[j * n + j]!;
    }
  }
  return l;
}
