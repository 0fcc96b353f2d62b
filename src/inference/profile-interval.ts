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

function limit(curve: ProfileCurve, target: number): number {
  const { value, zeta, range, failed } = curve;
  for (let i = 0; i + 1 < value.length; i++) {
    if (!((zeta[i]! <= target && target <= zeta[i + 1]!))) continue;
    return crossing(curve, i, target);
  }
  const end = target < 0 ? range[0] : range[1];
  const outermost = value[target < 0 ? 0 : value.length - 1]!;
  return outermost === end || failed === 0 ? end : NaN;
}

/** ζ of the Hermite cubic from point `i` to the next, `t` of the way. */
export function interpolatedZeta({ value, zeta, slope }: Pick<ProfileCurve, 'value' | 'zeta' | 'slope'>, i: number, t: number): number {
  const u = 1 - t;
  return u * u * (1 + 2 * t) * zeta[i]! + t * t * (3 - 2 * t) * zeta[i + 1]! + (value[i + 1]! - value[i]!) * t * u * (u * slope[i]! - t * slope[i + 1]!);
}

/** Where the cubic from point `i` takes the value `target`. */
function crossing(curve: ProfileCurve, i: number, target: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = 0.5 * (low + high);
    if (interpolatedZeta(curve, i, middle) < target) low = middle;
    else high = middle;
  }
  const { value } = curve;
  return value[i]! + (value[i + 1]! - value[i]!) * 0.5 * (low + high);
}
