/** Which files of shaders/lib make up the distribution of a response. */
import type { FamilyName, LinkName } from '../model/design.js';
import { shaderSources } from './generated/shaders.js';

export interface DistributionShaders {
  /** What `family`, `mean` and `probability_link` stand for. */
  readonly imports: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

const TRUNCATED = 'truncated_';
/** Positive responses: zeros beside them are a part of their own. */
const POSITIVE: readonly FamilyName[] = ['Gamma', 'inverse.gaussian', 'truncated_poisson', 'truncated_nbinom1', 'truncated_nbinom2'];

/** Ordered categories have the names of ordinal::clmm (`src/families/cumulative.ts`), these two the other way round than probabilities. */
const CUMULATIVE_LINKS: Readonly<Partial<Record<LinkName, LinkName>>> = { cloglog: 'loglog', loglog: 'cloglog' };

/** The link of a probability that a family means by the name of its link. */
export function probabilityLinkOf(family: FamilyName, link: LinkName): LinkName {
  return (family === 'cumulative' ? CUMULATIVE_LINKS[link] : undefined) ?? link;
}

/** Names as file names have them: `1/mu^2` is 1_mu_2. */
const word = (name: string): string => name.replace(/\W+/g, '_');
const exists = (file: string): boolean => `lib/${file}.wgsl` in shaderSources;

/**
 * A family with its link is `family_NAME_LINK.wgsl`, or `family_NAME.wgsl` with the link it imports as `mean` or as `probability_link`.
 * Null where there is none.
 * @param zeros whether zeros have a probability of their own
 */
export function distributionOf(family: FamilyName, link: LinkName, zeros: boolean): DistributionShaders | null {
  const truncated = family.startsWith(TRUNCATED);
  const base = `family_${word(truncated ? family.slice(TRUNCATED.length) : family)}`;
  const flags = [...(truncated ? ['TRUNCATED'] : []), ...(zeros ? [POSITIVE.includes(family) ? 'HURDLE' : 'ZERO_INFLATED'] : [])];
  if (exists(`${base}_${word(link)}`)) return { imports: { family: `${base}_${word(link)}` }, flags };
  if (!exists(base)) return null;
  const imports = { family: base, mean: `mean_${word(link)}`, probability_link: `probability_${word(probabilityLinkOf(family, link))}` };
  const wanted = shaderSources[`lib/${base}.wgsl`]!.includes('#import mean\n') ? imports.mean : imports.probability_link;
  return exists(wanted) ? { imports, flags } : null;
}
