/** The one list of families and links. */
import closestName from '../names.js';
import { OptionError } from '../errors.js';
import type { AuxiliaryPredictor, Design, FamilyName, LinkName } from '../model/design.js';
import { isEmptyFormula } from '../formula/auxiliary.js';
import { BINOMIAL_LINKS, type BinomialLink, binomial } from './binomial.js';
import type { Family } from './family.js';
import { GAUSSIAN_LINKS, gaussian } from './gaussian.js';
import { POISSON_LINKS, type PoissonLink, poisson } from './poisson.js';

interface Entry {
  /** Valid links, the default first. */
  readonly links: readonly LinkName[];
  readonly create: (link: LinkName) => Family;
  /** Whether an excess of zeros may be modelled beside it. */
  readonly zeroInflation?: boolean;
}

const FAMILIES: Readonly<Partial<Record<FamilyName, Entry>>> = {
  binomial: { links: BINOMIAL_LINKS, create: (link) => binomial(link as BinomialLink) },
  poisson: { links: POISSON_LINKS, create: (link) => poisson(link as PoissonLink) },
  gaussian: { links: GAUSSIAN_LINKS, create: gaussian },
};

export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[];

/** Links a family offers, the default first. */
export function linksOf(family: FamilyName): readonly LinkName[] {
  return FAMILIES[family]!.links;
}

/** Checks names a user gave and fills in the default link. Throws OptionError with the nearest valid name. */
export function resolveFamily(family: string, link?: string): { family: FamilyName; link: LinkName } {
  if (!(FAMILY_NAMES as string[]).includes(family)) {
    throw new OptionError(`unknown family '${family}'; use ${FAMILY_NAMES.slice(0, -1).join(', ')} or ${FAMILY_NAMES.at(-1)!}${closestName(family, FAMILY_NAMES)}`);
  }
  const name = family as FamilyName;
  const links = linksOf(name);
  if (link === undefined) return { family: name, link: links[0]! };
  if (!(links as string[]).includes(link)) {
    if (name === 'gaussian') throw new OptionError(`gaussian models are fitted with the identity link only, link '${link}' is not there yet; transform the response or leave the link out`);
    throw new OptionError(`family ${name} has no link '${link}'; use ${links.join(', ')}${closestName(link, links)}`);
  }
  return { family: name, link: link as LinkName };
}

export function getFamily(family: FamilyName, link: LinkName): Family {
  return FAMILIES[family]!.create(link);
}

/** The distribution of a design's responses. */
export function familyOf(design: Pick<Design, 'family' | 'link'>): Family {
  return getFamily(design.family, design.link);
}

export function takesZeroInflation(family: FamilyName): boolean {
  return FAMILIES[family]!.zeroInflation === true;
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
