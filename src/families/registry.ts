/** The one list of families and links. */
import closestName from '../names.js';
import { OptionError } from '../errors.js';
import type { AuxiliaryPredictor, Design, FamilyName, LinkName } from '../model/design.js';
import { isEmptyFormula } from '../formula/auxiliary.js';
import { BINOMIAL_LINKS, type BinomialLink, binomial } from './binomial.js';
import type { Family } from './family.js';
import { CUMULATIVE_LINKS, type CumulativeLink, cumulative } from './cumulative.js';
import {
  PROBABILITY_LINKS, beta, betabinomial, gamma, gaussian, inverseGaussian, negativeBinomial, rowPoisson, truncatedCount,
} from './dispersed.js';
import type { MeanLinkName } from './links.js';
import { type RowFamily, zeroInflated } from './zero-inflated.js';
import { POISSON_LINKS, type PoissonLink, poisson } from './poisson.js';

interface Entry {
  /** Valid links, the default first. */
  readonly links: readonly LinkName[];
  readonly create: (link: LinkName) => Family;
  /** The family as zero inflation takes it; none where an excess of zeros makes no sense. */
  readonly row?: ((link: LinkName) => RowFamily) | null;
}

const FAMILIES: Readonly<Record<FamilyName, Entry>> = {
  binomial: { links: BINOMIAL_LINKS, create: (link) => binomial(link as BinomialLink) },
  poisson: { links: POISSON_LINKS, create: (link) => poisson(link as PoissonLink), row: (link) => rowPoisson(link as MeanLinkName) },
  gaussian: { links: ['identity', 'log', 'inverse'], create: (link) => gaussian(link as 'identity') },
  Gamma: entry(['inverse', 'log', 'identity'], gamma),
  'inverse.gaussian': { ...entry(['1/mu^2', 'log', 'inverse', 'identity'], inverseGaussian), row: null },
  nbinom1: entry(['log', 'sqrt', 'identity'], (link) => negativeBinomial(1, link)),
  nbinom2: entry(['log', 'sqrt', 'identity'], (link) => negativeBinomial(2, link)),
  beta: { links: PROBABILITY_LINKS, create: (link) => beta(link as BinomialLink) },
  betabinomial: { links: PROBABILITY_LINKS, create: (link) => betabinomial(link as BinomialLink), row: (link) => betabinomial(link as BinomialLink) },
  truncated_poisson: entry(['log'], (link) => truncatedCount('truncated_poisson', link)),
  truncated_nbinom1: entry(['log'], (link) => truncatedCount('truncated_nbinom1', link)),
  truncated_nbinom2: entry(['log'], (link) => truncatedCount('truncated_nbinom2', link)),
  cumulative: { links: CUMULATIVE_LINKS, create: (link) => cumulative(link as CumulativeLink) },
};

function entry(links: readonly MeanLinkName[], create: (link: MeanLinkName) => RowFamily): Entry {
  const ofLink = (link: LinkName): RowFamily => create(link as MeanLinkName);
  return { links, create: ofLink, row: ofLink };
}

/** All families. */
export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[];

/** Links a family offers, the default first. @throws OptionError for a name that is no family's. */
export function linksOf(family: FamilyName): readonly LinkName[] {
  return FAMILIES[familyNamed(family)].links;
}

/** What families are called elsewhere. */
const ALSO_CALLED: ReadonlyMap<string, FamilyName> = new Map([
  ['normal', 'gaussian'], ['bernoulli', 'binomial'], ['logistic', 'binomial'], ['negbin', 'nbinom2'], ['negative binomial', 'nbinom2'], ['negative.binomial', 'nbinom2'],
  ['neg_binomial_2', 'nbinom2'], ['beta_family', 'beta'], ['inverse gaussian', 'inverse.gaussian'], ['ordinal', 'cumulative'], ['ordered', 'cumulative'], ['clmm', 'cumulative'],
]);

function familyNamed(name: string): FamilyName {
  const names = `${FAMILY_NAMES.slice(0, -1).join(', ')} or ${FAMILY_NAMES.at(-1)!}`;
  if (typeof name !== 'string') throw new OptionError(`no family given; use ${names}`);
  const call = /^\s*([\w.]+)\s*\(\s*(?:link\s*=)?\s*["']?([^"')]*?)["']?\s*\)\s*$/.exec(name);
  if (call !== null) throw new OptionError(`family '${name}' is written as R's call; give family ${familyNamed(call[1]!)}${call[2] === '' ? '' : ` and link ${call[2]!}, an option of its own`}`);
  if (!(FAMILY_NAMES as string[]).includes(name)) throw new OptionError(`unknown family '${name}'; use ${names}${closestName(ALSO_CALLED.get(name.toLowerCase()) ?? name, FAMILY_NAMES)}`);
  return name as FamilyName;
}

/** Checks names a user gave and fills in the default link; `ziGamma`, glmmTMB's Gamma with zeros, is Gamma. Throws OptionError with the nearest valid name. */
export function resolveFamily(given: string, link?: string): { family: FamilyName; link: LinkName } {
  const name = familyNamed(given === 'ziGamma' ? 'Gamma' : given);
  const links = linksOf(name);
  if (link === undefined) return { family: name, link: links[0]! };
  if (!(links as string[]).includes(link)) {
    throw new OptionError(`family ${name} has no link '${link}'; use ${links.join(', ')}${closestName(link, links)}`);
  }
  return { family: name, link: link as LinkName };
}

export function getFamily(family: FamilyName, link: LinkName): Family {
  return distributionOf(family, link, false);
}

/**
 * Families made, one of a kind: another object would be of another hidden class, for which V8 throws its compiled loops over the rows away
 * (measured: 50 ms of compilation for each batch).
 */
const made = new Map<string, Family>();

/** A family, with an excess of zeros where it takes one. */
export function distributionOf(family: FamilyName, link: LinkName, withExcess: boolean): Family {
  const { row, create } = FAMILIES[family];
  const excess = withExcess && row ? row : null;
  const key = `${family} ${link} ${excess !== null}`;
  let distribution = made.get(key);
  if (distribution === undefined) {
    distribution = excess === null ? create(link) : zeroInflated(excess(link));
    made.set(key, distribution);
  }
  return distribution;
}

/** The distribution of a design's responses. */
export function familyOf({ family, link, auxiliary }: Pick<Design, 'family' | 'link' | 'auxiliary'>): Family {
  return distributionOf(family, link, auxiliary.some(({ role }) => role === 'zi'));
}

export function takesZeroInflation(family: FamilyName): boolean {
  return Boolean(FAMILIES[family].row);
}

/**
 * The auxiliary predictors of a model, in the order in which the family takes them. A gaussian model with identity link has one for the
 * dispersion only if that is modelled or known: otherwise it is a linear mixed model.
 */
export function auxiliaryRoles(
  family: FamilyName, options: { readonly link: LinkName; readonly dispformula?: string; readonly dispersion?: number; readonly ziformula?: string },
): AuxiliaryPredictor['role'][] {
  const roles = [...getFamily(family, options.link).auxiliary];
  const linear = family === 'gaussian' && options.link === 'identity' && options.dispformula === undefined && options.dispersion === undefined;
  return [...(linear ? [] : roles), ...(isEmptyFormula(options.ziformula) ? [] : ['zi' as const])];
}
