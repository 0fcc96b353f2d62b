// Reduces the reference fits (R: lme4, glmmTMB, an independent quadrature) to what the tests compare, one JSON file.
//   node scripts/reference/collect-fits.mjs REFERENCE_DIR
// REFERENCE_DIR holds fits/*.json and data/*.csv as its README describes; the data files needed are copied beside the result.
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const source = process.argv[2];
if (source === undefined) throw new Error('usage: collect-fits.mjs REFERENCE_DIR');
const target = new URL('../../test/fixtures/', import.meta.url);
const families = new Set(['binomial', 'poisson']);
const fits = [];
/** Linear mixed models: `fits/lmm.json`. */
const linear = [];
/** Families with dispersion, zero inflation or ordered categories: `fits/dispersed.json`. lme4's own likelihoods of Gamma … are no likelihoods. */
const dispersed = [];
for (const file of readdirSync(join(source, 'fits')).sort()) {
  const fit = JSON.parse(readFileSync(join(source, 'fits', file), 'utf8'));
  const isLinear = fit.family === 'gaussian' && fit.link === 'identity' && fit.fitter === 'lmer';
  const isOrdered = fit.fitter === 'clmm' || fit.dataset === 'wine';
  const inflated = fit.ziformula !== undefined && fit.ziformula !== '~0';
  if (fit.failed !== true && fit.package !== 'lme4' && (isOrdered || inflated || !(families.has(fit.family) || (fit.family === 'gaussian' && fit.link === 'identity')))) {
    dispersed.push(dispersedFit(fit, isOrdered, inflated));
    continue;
  }
  if (fit.failed === true || !(isLinear || families.has(fit.family)) || fit.id.includes('zip')) continue;
  (isLinear ? linear : fits).push({
    id: fit.id,
    dataset: fit.dataset,
    package: fit.package,
    formula: fit.formula,
    family: fit.family,
    link: fit.link,
    nAGQ: fit.nAGQ,
    nobs: fit.nobs,
    weights: fit.weights,
    groups: fit.groups,
    factors: Object.fromEntries(
      Object.entries(fit.factors).filter(([, f]) => f.numeric !== true)
        .map(([name, f]) => [name, { levels: f.levels, ordered: f.ordered, contrasts: f.contrasts }])),
    fixef: { names: fit.fixef.names, estimate: fit.fixef.estimate, se: fit.fixef.se, seRX: fit.fixef.seRX },
    vcovFixef: fit.vcovFixef,
    vcovFixefRX: fit.vcovFixefRX,
    randomEffects: fit.randomEffects,
    theta: fit.theta,
    logLik: fit.logLikFull ?? fit.logLik,
    objectiveAt: fit.package === 'lme4' ? fit.objectiveAt : undefined,
    saturatedLogLik: fit.saturatedLogLik,
    ranef: fit.ranef,
    fitted: fit.fitted,
    singular: fit.singular,
    ...(isLinear ? { REML: fit.REML, sigma: fit.sigma, AIC: fit.AIC, BIC: fit.BIC, df: fit.df } : {}),
  });
}
writeFileSync(new URL('fits/glmm.json', target), `[\n${fits.map((fit) => JSON.stringify(fit)).join(',\n')}\n]\n`);
writeFileSync(new URL('fits/dispersed.json', target), `[\n${dispersed.map((fit) => JSON.stringify(fit)).join(',\n')}\n]\n`);
writeFileSync(new URL('fits/lmm.json', target), `[\n${linear.map((fit) => JSON.stringify(fit)).join(',\n')}\n]\n`);
for (const name of new Set([...fits, ...linear, ...dispersed].map((fit) => fit.dataset))) copyFileSync(join(source, 'data', `${name}.csv`), new URL(`data/${name}.csv`, target));

function dispersedFit(fit, isOrdered, inflated) {
  return {
    id: fit.id, dataset: fit.dataset, package: fit.package, formula: fit.formula, family: isOrdered ? 'cumulative' : fit.family, link: fit.link, nAGQ: fit.nAGQ,
    ziformula: inflated ? fit.ziformula : undefined,
    dispformula: fit.dispformula === undefined || fit.dispformula === '~1' ? undefined : fit.dispformula,
    threshold: isOrdered ? (/symmetric|equidistant/.exec(fit.id)?.[0] ?? undefined) : undefined,
    groups: fit.groups,
    factors: Object.fromEntries(
      Object.entries(fit.factors).filter(([, f]) => f.numeric !== true)
        .map(([name, f]) => [name, { levels: f.levels, ordered: f.ordered, contrasts: f.contrasts }])),
    fixef: { names: fit.fixef.names, estimate: fit.fixef.estimate, se: fit.fixef.se },
    zi: fit.zi && { names: fit.zi.names, estimate: fit.zi.estimate, se: fit.zi.se },
    disp: fit.disp && { names: fit.disp.names, estimate: fit.disp.estimate, se: fit.disp.se },
    thresholds: fit.thresholds && { names: fit.thresholds.names, estimate: fit.thresholds.estimate },
    randomEffects: fit.randomEffects,
    randomEffectsZi: fit.randomEffectsZi,
    fitted: fit.package === 'glmmTMB' || isOrdered ? fit.fitted : undefined,
    sigma: fit.package === 'glmmTMB' ? fit.sigma : undefined,
    logLik: fit.logLik,
  };
}
