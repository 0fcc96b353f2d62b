/** Every distribution that has a kernel. */
import type { FamilyName, LinkName } from '../../src/model/design.js';

export interface DeviceDistribution {
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Zeros with a probability of their own. */
  readonly zi: boolean;
}

const PROBABILITY = ['logit', 'probit', 'cloglog', 'cauchit'] as const;
const LINKS: readonly (readonly [FamilyName, readonly LinkName[]])[] = [
  ['binomial', [...PROBABILITY, 'log']],
  ['poisson', ['log', 'identity', 'sqrt']],
  ['gaussian', ['identity', 'log', 'inverse']],
  ['Gamma', ['inverse', 'log', 'identity']],
  ['inverse.gaussian', ['1/mu^2', 'log', 'inverse', 'identity']],
  ['nbinom1', ['log', 'sqrt', 'identity']],
  ['nbinom2', ['log', 'sqrt', 'identity']],
  ['beta', PROBABILITY],
  ['betabinomial', PROBABILITY],
  ['cumulative', [...PROBABILITY, 'loglog']],
  ['truncated_poisson', ['log']],
  ['truncated_nbinom1', ['log']],
  ['truncated_nbinom2', ['log']],
];
const WITH_ZEROS: readonly (readonly [FamilyName, LinkName])[] = [
  ['poisson', 'log'], ['nbinom1', 'log'], ['nbinom2', 'log'], ['betabinomial', 'logit'], ['Gamma', 'log'],
  ['truncated_poisson', 'log'], ['truncated_nbinom1', 'log'], ['truncated_nbinom2', 'log'],
];

export const deviceDistributions: readonly DeviceDistribution[] = [
  ...LINKS.flatMap(([family, links]) => links.map((link) => ({ family, link, zi: false }))),
  ...WITH_ZEROS.map(([family, link]) => ({ family, link, zi: true })),
];
