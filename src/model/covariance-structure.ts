/**
 * Structures of the covariance of one random-effects term: what their parameters θ are, and the lower-triangular factor Λ they stand for.
 * Kernels know only Λ with free entries (a whole triangle, or a diagonal); the other structures are maps into it.
 */

/**
 * `isotropic`: one variance, no correlations. `cs`: compound symmetry, one correlation of all pairs, with one standard deviation per column;
 * `homcs`: the same with one standard deviation for all. `hetar1` and `ar1` likewise with the correlation ρ^|i − j| of columns i and j.
 */
export type CovarianceStructure = 'unstructured' | 'diagonal' | 'isotropic' | 'cs' | 'homcs' | 'ar1' | 'hetar1';

/**
 * One θ of a term.
 * `factor`: entry (row, column) of Λ; on the diagonal its sign is free, and zero is the boundary.
 * `sd`: the standard deviation of all columns, its sign free likewise.
 * `root`: a square root of the standard deviation of column `row`, its sign free likewise: standard deviations that share a correlation
 * cannot change sign one by one, and a square makes zero a smooth turning point.
 * `angle`: φ of the common correlation ρ = low + (1 − low) sin²φ, with `low` its smallest value: both ends are smooth turning points.
 */
export interface ThetaEntry {
  readonly kind: 'factor' | 'sd' | 'root' | 'angle';
  readonly row: number;
  readonly column: number;
}

/** The θ of a term of q columns in order: entries of Λ column by column, or standard deviations and then the angle. */
export function thetaEntries(structure: CovarianceStructure, q: number): ThetaEntry[] {
  const sd: ThetaEntry = { kind: 'sd', row: 0, column: 0 };
  const angle: ThetaEntry = { kind: 'angle', row: 0, column: 0 };
  switch (structure) {
    case 'unstructured': case 'diagonal': return factorEntries(structure, q);
    case 'isotropic': return [sd];
    case 'homcs': case 'ar1': return [sd, angle];
    case 'cs': case 'hetar1': return [...Array.from({ length: q }, (_, row): ThetaEntry => ({ kind: 'root', row, column: row })), angle];
    default: return structure satisfies never;
  }
}

function factorEntries(structure: 'unstructured' | 'diagonal', q: number): ThetaEntry[] {
  const entries: ThetaEntry[] = [];
  for (let column = 0; column < q; column++) {
    for (let row = column; row < (structure === 'diagonal' ? column + 1 : q); row++) entries.push({ kind: 'factor', row, column });
  }
  return entries;
}

/** The structure with free entries that Λ of a structure has: what the kernels see. */
export function freeStructure(structure: CovarianceStructure): 'unstructured' | 'diagonal' {
  return structure === 'diagonal' || structure === 'isotropic' ? 'diagonal' : 'unstructured';
}

/** Whether all columns share one standard deviation. */
export function isHomogeneous(structure: CovarianceStructure): boolean {
  return structure === 'isotropic' || structure === 'homcs' || structure === 'ar1';
}

/** Whether all pairs of columns share one correlation parameter. */
export function hasCommonCorrelation(structure: CovarianceStructure): structure is 'cs' | 'homcs' | 'ar1' | 'hetar1' {
  return structure === 'cs' || structure === 'homcs' || structure === 'ar1' || structure === 'hetar1';
}

/** φ at which the common correlation is zero. */
export function uncorrelatedAngle(structure: CovarianceStructure, q: number): number {
  const low = lowestCorrelation(structure, q);
  return Math.asin(Math.sqrt(-low / (1 - low)));
}

/** The common correlation at φ. */
export function commonCorrelation(structure: CovarianceStructure, q: number, angle: number): number {
  const low = lowestCorrelation(structure, q);
  return low + (1 - low) * Math.sin(angle) ** 2;
}

/** Compound symmetry of q columns is positive definite from −1/(q − 1) on. */
function lowestCorrelation(structure: CovarianceStructure, q: number): number {
  return structure === 'cs' || structure === 'homcs' ? -1 / (q - 1) : -1;
}

/**
 * Λ of a structured term as the kernels take it.
 * @param theta parameters of the term; @param out gets the free entries of Λ (column by column)
 * @param jacobian gets their derivatives, free entries × parameters, row-major; null where they are not wanted
 */
export function structuredFactor(
  structure: Exclude<CovarianceStructure, 'unstructured' | 'diagonal'>, q: number, theta: ArrayLike<number>, out: Float64Array, jacobian: Float64Array | null,
): void {
  if (structure === 'isotropic') {
    out.fill(theta[0]!);
    jacobian?.fill(1);
    return;
  }
  const homogeneous = isHomogeneous(structure);
  const width = homogeneous ? 2 : q + 1;
  const angle = theta[width - 1]!;
  const entry = structure === 'ar1' || structure === 'hetar1' ? autoregressiveEntry(angle) : symmetricEntry(q, angle);
  jacobian?.fill(0);
  let at = 0;
  for (let column = 0; column < q; column++) {
    for (let row = column; row < q; row++, at++) {
      const [value, slope] = entry(row, column);
      const parameter = homogeneous ? 0 : row;
      const own = theta[parameter]!;
      const sd = homogeneous ? own : own * own;
      out[at] = sd * value;
      if (jacobian === null) continue;
      jacobian[at * width + parameter] = (homogeneous ? 1 : 2 * own) * value;
      jacobian[at * width + width - 1] = sd * slope;
    }
  }
}

/** Entries of the Cholesky factor of a correlation matrix with their derivatives by φ. */
type CorrelationEntry = (row: number, column: number) => readonly [value: number, slope: number];

/** ρ = −cos 2φ: the first column holds the powers of ρ, the others the same times √(1 − ρ²) = sin 2φ. */
function autoregressiveEntry(angle: number): CorrelationEntry {
  const rho = -Math.cos(2 * angle);
  const root = Math.sin(2 * angle);
  return (row, column) => {
    const lag = row - column;
    const power = rho ** lag;
    const slope = lag === 0 ? 0 : lag * rho ** (lag - 1) * 2 * root;
    return column === 0 ? [power, slope] : [power * root, slope * root - 2 * power * rho];
  };
}

/**
 * Compound symmetry: given the first c columns the others have the common variance (1 − ρ)(1 + cρ)/(1 + (c − 1)ρ) and covariance
 * ρ(1 − ρ)/(1 + (c − 1)ρ). The only factors that reach zero, √(1 − ρ) ∝ cos φ and √(1 + (q − 1)ρ) = √q sin φ, enter with their signs.
 */
function symmetricEntry(q: number, angle: number): CorrelationEntry {
  const rho = commonCorrelation('homcs', q, angle);
  const spread = q / (q - 1);
  const dRho = spread * Math.sin(2 * angle);
  const w = Math.sqrt(spread) * Math.cos(angle);
  const dW = -Math.sqrt(spread) * Math.sin(angle);
  const v = Math.sqrt(q) * Math.sin(angle);
  const dV = Math.sqrt(q) * Math.cos(angle);
  return (row, column) => {
    if (column === 0) return row === 0 ? [1, 0] : [rho, dRho];
    const before = 1 + (column - 1) * rho;
    if (row === q - 1 && column === q - 1) {
      const scale = 1 / Math.sqrt(before);
      return [w * v * scale, (dW * v + w * dV) * scale - (w * v * scale * (column - 1) * dRho) / (2 * before)];
    }
    const here = 1 + column * rho;
    if (row === column) {
      const ratio = Math.sqrt(here / before);
      return [w * ratio, dW * ratio + (w * ratio * (column / here - (column - 1) / before) * dRho) / 2];
    }
    const scale = 1 / Math.sqrt(before * here);
    return [rho * w * scale, (dRho * w + rho * dW) * scale - (rho * w * scale * ((column - 1) / before + column / here) * dRho) / 2];
  };
}
