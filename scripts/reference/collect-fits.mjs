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
for (const file of readdirSync(join(source, 'fits')).sort()) {
  const fit = JSON.parse(readFileSync(join(source, 'fits', file), 'utf8'));
  const isLinear = fit.family === 'gaussian' && fit.link === 'identity' && fit.fitter === 'lmer';
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
writeFileSync(new URL('fits/lmm.json', target), `[\n${linear.map((fit) => JSON.stringify(fit)).join(',\n')}\n]\n`);
for (const name of new Set([...fits, ...linear].map((fit) => fit.dataset))) copyFileSync(join(source, 'data', `${name}.csv`), new URL(`data/${name}.csv`, target));
