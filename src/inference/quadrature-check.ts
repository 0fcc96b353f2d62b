/** Whether the approximation of the integral over the random effects was good enough: the model again with more nodes. */
import type { FitSettings } from '../fit/fit-chunk.js';
import { fitSingle } from '../fit/single-fit.js';
import { isLinearMixed } from '../model/design.js';
import { hasOneFactor } from '../objective/one-factor.js';
import type { EstimatedModel } from './confint.js';
import { profileParameters, profileValues } from './profile-parameters.js';

export interface QuadratureStep {
  /** Nodes per dimension before and after. */
  readonly from: number;
  readonly to: number;
  /** logLik with more nodes minus logLik with fewer. */
  readonly logLikChange: number;
  /** Largest change of a fixed effect in its standard errors, and whose it is. */
  readonly change: number;
  readonly parameter: string;
  /** Largest relative change of a standard deviation of the random effects. */
  readonly sdChange: number;
}

export interface QuadratureCheck {
  readonly steps: readonly QuadratureStep[];
  /** Fewest nodes from which on nothing changes that matters; null where the steps ended before. */
  readonly sufficient: number | null;
}

/** Changes that do not matter: of a fixed effect in standard errors, of a standard deviation relative to it. */
const SMALL_CHANGE = 0.05;
const SMALL_SD_CHANGE = 0.02;
/** Most nodes of the whole product grid. */
const MOST_NODES = 400;
/** Most dimensions a product grid is made for. */
const MOST_DIMENSIONS = 3;

/** Why there is nothing to check or no way to, or null. */
export function quadratureObstacle({ frame: { design }, settings }: EstimatedModel): 'exact' | 'pseudo-likelihood' | 'several factors' | 'dimensions' | null {
  if (settings.pseudo !== undefined) return 'pseudo-likelihood';
  if (isLinearMixed(design)) return 'exact';
  if (!hasOneFactor(design)) return 'several factors';
  return dimensions(design) > MOST_DIMENSIONS ? 'dimensions' : null;
}

const dimensions = (design: EstimatedModel['frame']['design']): number => design.random.reduce((sum, { names }) => sum + names.length, 0);

/** Fits with k and 2k + 1 nodes, from those of the fit on, until nothing changes or the grid is too large. For models without an obstacle. */
export async function quadratureCheck(fit: EstimatedModel & { readonly settings: FitSettings }, signal?: AbortSignal): Promise<QuadratureCheck> {
  const { frame: { design }, response, settings } = fit;
  const p = design.fixedNames.length;
  const k = fit.params.length;
  const q = dimensions(design);
  const names = profileParameters(design).flatMap(({ kind }, j) => (kind === 'sd' ? [j] : []));
  const steps: QuadratureStep[] = [];
  let before: Pick<EstimatedModel, 'params' | 'logLik'> = fit;
  let nodes = settings.integration.nAGQ;
  for (;;) {
    const more = 2 * nodes + 1;
    if (more ** q > MOST_NODES || more > 100) return { steps, sufficient: null };
    const after = await fitSingle(design, response, { ...settings, integration: { ...settings.integration, nAGQ: more }, standardErrors: 'none' }, signal === undefined ? {} : { signal });
    const changes = design.fixedNames.map((_, j) => Math.abs(after.params[j]! - before.params[j]!) / Math.sqrt(fit.covariance[j * k + j]!));
    const largest = changes.reduce((at, change, j) => (change > changes[at]! ? j : at), 0);
    const [old, own] = [profileValues(design, before.params), profileValues(design, after.params)];
    const sdChange = Math.max(...names.map((j) => (own[j] === old[j] ? 0 : Math.abs(own[j]! - old[j]!) / Math.max(own[j]!, old[j]!))));
    steps.push({ from: nodes, to: more, logLikChange: after.logLik - before.logLik, change: changes[largest] ?? 0, parameter: design.fixedNames[largest] ?? '', sdChange });
    if ((p === 0 || changes[largest]! < SMALL_CHANGE) && sdChange < SMALL_SD_CHANGE) return { steps, sufficient: nodes };
    before = after;
    nodes = more;
  }
}
