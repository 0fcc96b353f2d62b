/** Every distribution of the registry, for tests of their kernels. */
import { auxiliaryCount, type Family } from '../../src/families/family.js';
import { FAMILY_NAMES, familyOf, getFamily, linksOf, takesZeroInflation } from '../../src/families/registry.js';
import type { AuxiliarySizes } from '../../src/gpu/kernels.js';
import type { AuxiliaryPredictor, FamilyName, LinkName } from '../../src/model/design.js';

export interface DeviceDistribution {
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Zeros with a probability of their own. */
  readonly zi: boolean;
}

/** Families with all their links; with zeros of their own only the default link or the logarithm, for the wrapper knows no link. */
export const deviceDistributions: readonly DeviceDistribution[] = FAMILY_NAMES.flatMap((family) => [
  ...linksOf(family).map((link) => ({ family, link, zi: false })),
  ...(takesZeroInflation(family) ? [{ family, link: family === 'Gamma' ? 'log' as const : linksOf(family)[0]!, zi: true }] : []),
]);

const constant = (role: AuxiliaryPredictor['role']): AuxiliaryPredictor => ({ role, names: ['a'], x: Float64Array.of(1), offset: null });

/** The float64 twin. */
export function twinOf({ family, link, zi }: DeviceDistribution): Family {
  const base = getFamily(family, link);
  return zi ? familyOf({ family, link, auxiliary: [...base.auxiliary.map(constant), constant('zi')] }) : base;
}

/** Two columns for each auxiliary predictor and an offset, or three thresholds. */
export function auxiliarySizes(distribution: DeviceDistribution): AuxiliarySizes | null {
  if (distribution.family === 'cumulative') return { values: 2, columns: 0, second: 0, hasOffsets: false, cuts: 3, zeros: false };
  const values = auxiliaryCount(twinOf(distribution));
  return values === 0 ? null : { values, columns: 2 * values, second: 2, hasOffsets: true, cuts: 0, zeros: distribution.zi };
}
