/**
 * Gauss–Hermite quadrature for the standard normal weight.
 *
 * Nodes are the eigenvalues of the Jacobi matrix (zero diagonal, off-diagonal √1, √2, …), found by bisection on Sturm counts and one
 * Newton step. With the orthonormal Hermite functions ψ_j(x) = p_j(x) e^{−x²/4} (√(j+1) ψ_{j+1} = x ψ_j − √j ψ_{j−1}) the weights are
 * ω e^{x²/2} = 1 / Σ_{j<n} ψ_j(x)²: this is the form the adaptive rule needs, and it keeps full relative accuracy where ω underflows.
 * (Golub & Welsch 1969 for the matrix; Szegő's Christoffel numbers for the weights.)
 */

export interface Quadrature {
  /** Nodes in ascending order. */
  readonly nodes: Float64Array;
  /** log ω_k + τ_k²/2. */
  readonly logWeights: Float64Array;
}

/** Most nodes per dimension that are offered. */
export const MAX_NODES = 100;

/** @param count number of nodes, 1 … 100. */
export function gaussHermite(count: number): Quadrature {
  const nodes = new Float64Array(count);
  const logWeights = new Float64Array(count);
  const radius = 2 * Math.sqrt(count) + 1;
  for (let k = 0; k < count; k++) {
    let low = -radius;
    let high = radius;
    for (let step = 0; step < 60; step++) {
      const middle = 0.5 * (low + high);
      if (eigenvaluesBelow(middle, count) > k) high = middle;
      else low = middle;
    }
    let x = 0.5 * (low + high);
    const [value, before] = hermiteFunctions(x, count);
    // p_n' = √n p_{n−1}.
    if (before !== 0) x -= value / (Math.sqrt(count) * before);
    if (2 * k + 1 === count) x = 0;
    nodes[k] = x;
    logWeights[k] = -Math.log(hermiteFunctions(x, count)[2]);
  }
  // The rule is symmetric; make it so to the last bit.
  for (let k = 0; k < count >> 1; k++) {
    const mirror = count - 1 - k;
    nodes[k] = 0.5 * (nodes[k]! - nodes[mirror]!);
    nodes[mirror] = -nodes[k]!;
    logWeights[k] = logWeights[mirror] = 0.5 * (logWeights[k]! + logWeights[mirror]!);
  }
  return { nodes, logWeights };
}

/** Negative pivots of T − xI. */
function eigenvaluesBelow(x: number, n: number): number {
  let count = 0;
  let pivot = 1;
  for (let j = 0; j < n; j++) {
    pivot = -x - (j === 0 ? 0 : j / pivot);
    if (pivot === 0) pivot = 1e-300;
    if (pivot < 0) count++;
  }
  return count;
}

/** ψ_n(x), ψ_{n−1}(x) and Σ_{j<n} ψ_j(x)². */
function hermiteFunctions(x: number, n: number): [number, number, number] {
  let before = 0;
  let current = Math.exp(-0.25 * x * x);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    sum += current * current;
    const next = (x * current - Math.sqrt(j) * before) / Math.sqrt(j + 1);
    before = current;
    current = next;
  }
  return [current, before, sum];
}

/** Product rule in q dimensions: `nodes` holds n^q points of q coordinates each. */
export function productRule(rule: Quadrature, q: number): Quadrature {
  const perAxis = rule.nodes.length;
  const count = perAxis ** q;
  const nodes = new Float64Array(count * q);
  const logWeights = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let rest = k;
    for (let j = 0; j < q; j++) {
      const digit = rest % perAxis;
      rest = (rest - digit) / perAxis;
      nodes[k * q + j] = rule.nodes[digit]!;
      logWeights[k]! += rule.logWeights[digit]!;
    }
  }
  return { nodes, logWeights };
}
