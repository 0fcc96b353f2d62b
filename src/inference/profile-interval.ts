/** Confidence limits from a profile: the values at which ζ is ± the normal quantile. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkArgument } from '../check-arguments.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { ProfileCurve } from './profile.js';

/** Halvings of a segment: float64 has no more digits. */
const HALVINGS = 60;

/**
 * Limits at a confidence level. Between two points ζ is the cubic with the slopes they have. Where a curve ends at the end of the parameter's
 * range before it reaches the quantile, or goes on without ever reaching it (a separated coefficient), the limit is that end; where it ends
 * elsewhere (no convergence further out), NaN.
 * @param level confidence level, e.g. 0.95
 */
export function profileLimits(curve: ProfileCurve, level: number): [low: number, high: number] {
  checkArgument('profileLimits', curve, ['value', 'zeta'], 'the curve of a parameter', 'profile makes them');
  checkLevel(level);
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  return [limit(curve, -z), limit(curve, z)];
}

function limit({ value, zeta, slope, range, failed }: ProfileCurve, target: number): number {
  for (let i = 0; i + 1 < value.length; i++) {
    if (!((zeta[i]! <= target && target <= zeta[i + 1]!))) continue;
    return crossing([value[i]!, value[i + 1]!], [zeta[i]!, zeta[i + 1]!], [slope[i]!, slope[i + 1]!], target);
  }
  const end = target < 0 ? range[0] : range[1];
  const outermost = value[target < 0 ? 0 : value.length - 1]!;
  return outermost === end || failed === 0 ? end : NaN;
}

/** Where the Hermite cubic through two points takes the value `target`. */
function crossing([x0, x1]: [number, number], [z0, z1]: [number, number], [s0, s1]: [number, number], target: number): number {
  const h = x1 - x0;
  const at = (t: number): number => {
    const u = 1 - t;
    return u * u * (1 + 2 * t) * z0 + t * t * (3 - 2 * t) * z1 + h * t * u * (u * s0 - t * s1);
  };
  let low = 0;
  let high = 1;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high);
    if (at(middle) < target) low = middle;
    else high = middle;
  }
  return x0 + h * 0.5 * (low + high);
}
