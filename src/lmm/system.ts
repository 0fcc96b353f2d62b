/** The linear mixed model of a design: cross-products once, then any number of responses. */
import type { Design } from '../model/design.js';
import { freeDesign } from '../model/structured-theta.js';
import { hasOneFactor, oneFactor } from '../objective/one-factor.js';
import { checkLinearMixed } from './check-design.js';
import type { LmmKernel } from './kernel.js';
import { createManyFactorsKernel } from './many-factors.js';
import { createOneFactorKernel } from './one-factor.js';
import { inverse } from '../numerics/cholesky.js';
import { structuredKernel } from './structured.js';
import { type ResponseSums, type RowCopies, type ScaledRows, scaledRows } from './scaled-rows.js';

export interface LmmSystem {
  readonly kernel: LmmKernel;
  readonly rows: ScaledRows;
}

/**
 * Throws DataError for designs that have no residual variance or undetermined fixed effects.
 * @param sigmaKnown σ is 1, not estimated
 */
export function createLmmSystem(design: Design, reml: boolean, copies?: RowCopies, sigmaKnown = false): LmmSystem {
  if (!sigmaKnown) checkLinearMixed(design);
  const rows = scaledRows(design, design.weights, design.x, copies);
  const free = freeDesign(design);
  const kernel = hasOneFactor(free) ? oneFactorKernel(free, rows, reml, sigmaKnown) : createManyFactorsKernel(free, rows, reml, sigmaKnown);
  return { rows, kernel: structuredKernel(kernel, design) };
}

function oneFactorKernel(design: Design, rows: ScaledRows, reml: boolean, sigmaKnown: boolean): LmmKernel {
  const layout = oneFactor(design);
  const { q } = layout;
  const { index } = design.random[0]!;
  const level = Int32Array.from(rows.used, (row) => index[row]!);
  const z = new Float64Array(rows.used.length * q);
  rows.used.forEach((row, i) => {
    let at = i * q;
    for (const term of design.random) for (let c = 0; c < term.names.length; c++) z[at++] = rows.root[i]! * term.z[row * term.names.length + c]!;
  });
  return createOneFactorKernel(layout, rows, level, z, reml, sigmaKnown);
}

/** Fixed effects on their own scale, at the latest evaluation: R⁻¹ (start + β). */
export function fixedEffects({ kernel, rows }: LmmSystem, sums: ResponseSums, out: Float64Array): void {
  const { r, nFixed: p } = rows;
  for (let i = p - 1; i >= 0; i--) {
    let value = sums.start[i]! + kernel.profile.beta[i]!;
    for (let j = i + 1; j < p; j++) value -= r[i * p + j]! * out[j]!;
    out[i] = value / r[i * p + i]!;
  }
}

/** σ²(X'V⁻¹X)⁻¹ at the latest evaluation, p × p; null if it does not exist. */
export function fixedCovariance({ kernel, rows }: LmmSystem): Float64Array | null {
  const { r, nFixed: p } = rows;
  const { s, sigma } = kernel.profile;
  const symmetric = s.slice();
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) symmetric[j * p + i] = symmetric[i * p + j]!;
  const inner = inverse(symmetric, p);
  if (inner === null) return null;
  // R⁻¹ from the left on the columns, then on the rows.
  for (let pass = 0; pass < 2; pass++) {
    for (let c = 0; c < p; c++) {
      for (let i = p - 1; i >= 0; i--) {
        let value = inner[i * p + c]!;
        for (let j = i + 1; j < p; j++) value -= r[i * p + j]! * inner[j * p + c]!;
        inner[i * p + c] = value / r[i * p + i]!;
      }
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) [inner[i * p + j], inner[j * p + i]] = [inner[j * p + i]!, inner[i * p + j]!];
  }
  return inner.map((value) => value * sigma * sigma);
}
