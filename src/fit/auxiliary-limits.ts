/**
 * Auxiliary coefficients whose estimates have run off towards a limit of the family: θ → ∞ of a negative binomial is the Poisson distribution, the logit of
 * a zero-inflation probability → −∞ is none. Such a fit lies on the boundary of the model: a valid maximum without a finite estimate.
 */
import { familyOf } from '../families/registry.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { auxiliaryColumnScales } from './starting-point.js';

/** Logarithm or logit beyond which the likelihood no longer tells the parameter from its limit (e^−10 is 5e-5). */
const LIMIT = 10;
/** Where a fit that ended beyond is started again: the limit may be a ridge beside the maximum. */
const RETREAT = 1;

export interface AuxiliaryLimits {
  /** Flags (1) the coefficients beyond a limit; returns whether there are any. */
  flag(gamma: Float64Array, flags: Uint8Array): boolean;
  /** Brings such coefficients back inside; returns whether there were any. */
  readonly retreat: (gamma: Float64Array) => boolean;
}

/** Null for designs without such a limit. */
export function auxiliaryLimits(design: Design): AuxiliaryLimits | null {
  if (isLinearMixed(design) || design.auxiliary.length === 0) return null;
  const { dispersionLimit } = familyOf(design);
  const scales = auxiliaryColumnScales(design);
  /** Direction in which each coefficient may run off: 1, −1, 0 for none, 2 for either. */
  const directions = design.auxiliary.flatMap(({ role, names }) => names.map((name): number => {
    if (role === 'thresholds') return 0;
    const own = role === 'zi' ? -1 : dispersionLimit;
    return own === 0 || name === '(Intercept)' ? own : 2;
  }));
  if (directions.every((direction) => direction === 0)) return null;
  const beyond = (gamma: Float64Array, j: number): boolean => {
    const size = gamma[j]! * scales[j]!;
    return directions[j] === 2 ? Math.abs(size) > LIMIT : size * directions[j]! > LIMIT;
  };
  return {
    flag(gamma, flags) {
      let any = false;
      directions.forEach((_, j) => {
        if (!beyond(gamma, j)) return;
        flags[j] = 1;
        any = true;
      });
      return any;
    },
    retreat(gamma) {
      let any = false;
      directions.forEach((_, j) => {
        if (!beyond(gamma, j)) return;
        gamma[j] = (Math.sign(gamma[j]!) * RETREAT) / scales[j]!;
        any = true;
      });
      return any;
    },
  };
}

/** The family that a family without its dispersion is. */
const LIMIT_FAMILY: Readonly<Partial<Record<Design['family'], string>>> = {
  nbinom1: 'poisson', nbinom2: 'poisson', betabinomial: 'binomial', truncated_nbinom1: 'truncated_poisson', truncated_nbinom2: 'truncated_poisson',
};

/** What a reader should know of estimates (β, θ, γ) that lie beyond a limit, one sentence each, with what to fit instead. */
export function limitRemarks(design: Design, params: Float64Array): string[] {
  const { nFixed, nTheta, nAuxiliary } = parameterLayout(design);
  const flags = new Uint8Array(nAuxiliary);
  if (auxiliaryLimits(design)?.flag(params.slice(nFixed + nTheta, nFixed + nTheta + nAuxiliary), flags) !== true) return [];
  return design.auxiliary.flatMap(({ role, names }, k) => {
    const first = design.auxiliary.slice(0, k).reduce((sum, before) => sum + before.names.length, 0);
    return names.flatMap((name, j): string[] => {
      if (flags[first + j] === 0) return [];
      const model = role === 'zi' ? 'zero-inflation model' : 'dispersion model';
      if (name !== '(Intercept)') return [`coefficient '${name}' of the ${model} has no finite estimate; a simpler one may do`];
      return [role === 'zi' ? 'the zero-inflation model finds no excess of zeros: its intercept has no finite estimate; leave that model out or simplify it'
        : `the dispersion parameter is estimated at its limit, where the family is ${LIMIT_FAMILY[design.family]!}; fit that one`];
    });
  });
}

/** Whether no row of an ordered response is in some category: a threshold beside it then has no finite estimate of its own. */
export function hasEmptyCategory({ auxiliary }: Pick<Design, 'auxiliary'>, response: Float64Array): boolean {
  const thresholds = auxiliary.find(({ role }) => role === 'thresholds');
  if (thresholds === undefined) return false;
  const categories = thresholds.x.length / thresholds.names.length + 1;
  return new Set(response).size < categories;
}
