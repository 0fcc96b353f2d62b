/** Names of covariance structures: functions of the formula language, and names an option may have. */
import { OptionError } from '../errors.js';
import closestName from '../names.js';
import type { CovarianceStructure } from '../model/covariance-structure.js';
import type { BarTerm } from './split-formula.js';

/** Structures as functions around a random term, `cs(0 + f | g)`: the names glmmTMB's users write. */
export const STRUCTURE_FUNCTIONS: ReadonlyMap<string, CovarianceStructure> = new Map([
  ['us', 'unstructured'], ['diag', 'diagonal'], ['homdiag', 'isotropic'], ['cs', 'cs'], ['homcs', 'homcs'], ['ar1', 'ar1'], ['hetar1', 'hetar1'],
]);

/** MATLAB's names for the same. */
const PATTERNS: ReadonlyMap<string, CovarianceStructure> = new Map([
  ['FullCholesky', 'unstructured'], ['Full', 'unstructured'], ['Diagonal', 'diagonal'], ['Isotropic', 'isotropic'], ['CompSymm', 'homcs'],
]);

/**
 * Gives the random terms the structures of the option: one name for all, or one per term as written. Throws OptionError for unknown names,
 * a wrong number of them, and for terms whose structure the formula says already.
 */
export function applyPattern(bars: readonly BarTerm[], pattern: string | readonly string[] | undefined): readonly BarTerm[] {
  if (pattern === undefined) return bars;
  // (1 | a/b) is one term as written.
  const written = [...new Set(bars.map(({ start }) => start))];
  const names = typeof pattern === 'string' ? written.map(() => pattern) : pattern;
  if (names.length !== written.length) {
    throw new OptionError(`covariancePattern has ${names.length} names for ${written.length} random term${written.length === 1 ? '' : 's'}; give one, or one per term`);
  }
  const structures = names.map(patternOf);
  return bars.map((bar) => {
    if (bar.structure !== null || bar.uncorrelated) {
      throw new OptionError(`the formula gives the random term at character ${bar.start + 1} a covariance structure and so does covariancePattern; leave one of them out`);
    }
    return { ...bar, structure: structures[written.indexOf(bar.start)]! };
  });
}

function patternOf(name: string): CovarianceStructure {
  const structure = STRUCTURE_FUNCTIONS.get(name) ?? PATTERNS.get(name);
  if (structure !== undefined) return structure;
  const known = [...STRUCTURE_FUNCTIONS.keys(), ...PATTERNS.keys()];
  throw new OptionError(`unknown covariance pattern '${name}'; use ${known.join(', ')}${closestName(name, known)}`);
}
