/**
 * Linear mixed models whose residual variance may vanish: correlated effects (AR(1), compound symmetry), as many as there are observations,
 * fit every value. θ relative to σ then runs to infinity, where the likelihood depends on ratios of θ alone.
 */
import type { Design } from '../model/design.js';
import { informativeRows } from '../lmm/check-design.js';
import { type Maximum, type MaximizeProblem, OUTCOME, type Surface, maximize, restrict } from '../optimize/quasi-newton.js';
import { type ThetaGeometry, entrySize, rescaled } from './theta-geometry.js';
import { takeOver } from './theta-search.js';

/** Relative standard deviations from which on a fit is looked at. */
const LARGE = 30;
/** Where the largest of them is held to see whether the likelihood still rises: farther out sums of squares lose too many digits. */
const FAR = 1000;
/** Where a start of that kind is taken back to. */
const NEAR = 3;
/** Noise of a value out there: residuals are differences of numbers FAR times as large. */
const NOISE = FAR ** 2 * 1e-15;

/** Whether some term has as many effects as there are observations. */
export function canFitEveryValue(design: Design): boolean {
  const rows = informativeRows(design);
  return design.random.some(({ names, levels }) => names.length * levels.length >= rows);
}

/** The largest relative standard deviation and its entry. */
function largest(geometry: ThetaGeometry, theta: Float64Array): { size: number; entry: number } {
  return geometry.reduce((found, entry, t) => {
    const size = entrySize(entry, theta[t]!);
    return size > found.size ? { size, entry: t } : found;
  }, { size: 0, entry: 0 });
}

/** Brings a start back to where the likelihood has a slope; returns whether it was too far out. */
export function nearerStart(geometry: ThetaGeometry, theta: Float64Array): boolean {
  const { size } = largest(geometry, theta);
  if (size <= LARGE) return false;
  theta.set(rescaled(geometry, theta, NEAR / size));
  return true;
}

/**
 * Looks again at fits with large relative standard deviations: with the largest held far out the others are optimised. Where the likelihood
 * still rises outwards, σ counts as zero: the fit is taken there and the entry held is flagged.
 */
export async function settleVanishing(
  surface: Surface, best: Maximum, geometry: ThetaGeometry, problem: Pick<MaximizeProblem, 'maxStep' | 'tolerance' | 'maxEvaluations' | 'signal'>, boundary: Uint8Array,
): Promise<void> {
  const m = geometry.length;
  for (let b = 0; b < best.value.length; b++) {
    if (best.outcome[b] === OUTCOME.nonFinite) continue;
    const theta = best.params.subarray(b * m, (b + 1) * m);
    const { size, entry } = largest(geometry, theta);
    if (size < LARGE) continue;
    const metric = new Float64Array(m * m);
    geometry.forEach(({ variance, degree }, t) => { metric[t * m + t] = variance * FAR ** (2 * degree); });
    const held = new Uint8Array(m);
    held[entry] = 1;
    const far = await maximize({ ...restrict(surface, Int32Array.of(b)), valueNoise: NOISE }, {
      ...problem, count: 1, maxStep: problem.maxStep.subarray(b, b + 1), params: rescaled(geometry, theta, FAR / size), held, metric, coldMetric: true,
      stepScale: Float64Array.from(geometry, ({ step, degree }) => step / FAR ** degree), lastStep: false,
    });
    best.evaluations[b]! += far.evaluations[0]!;
    const point = far.params;
    const value = new Float64Array(1);
    const gradient = new Float64Array(m);
    await surface.evaluate({ count: 1, models: Int32Array.of(b), params: point, value, gradient, keepModes: false });
    const outwards = geometry.reduce((slope, { degree }, t) => slope + degree * point[t]! * gradient[t]!, 0);
    if (far.outcome[0] !== OUTCOME.converged || !(outwards > 0)) continue;
    takeOver(best, b, far, 0, m);
    boundary[b * m + entry] = 1;
  }
}
