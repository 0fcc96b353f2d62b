/** Reference fits made by other programs (test/fixtures/fits), and this program's fits of the same data. */
import { readFileSync } from 'node:fs';
import { glmm } from '../../dist/fit/glmm.js';
import { MAX_NODES } from '../../dist/numerics/gauss-hermite.js';
import { readCsv } from '../../dist/table/csv.js';

const read = (path) => readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url), 'utf8');
const CONTRASTS = { 'contr.sum': 'sum', 'contr.helmert': 'helmert' };

/** Linear mixed models, binomial and Poisson models, families with dispersion, zero inflation or categories. */
export const referenceFits = () => ['lmm', 'glmm', 'dispersed'].flatMap((name) => JSON.parse(read(`fits/${name}.json`)));

/** Options of a model that a reference names as ours are named. */
const OPTIONS = ['REML', 'weights', 'ziformula', 'dispformula', 'threshold'];

/** The fit of a reference: its data, factors, contrasts and kind of information. */
export function fitLike(reference) {
  const factors = Object.entries(reference.factors);
  const table = readCsv(read(`data/${reference.dataset}.csv`), {
    types: Object.fromEntries(factors.map(([name, { ordered }]) => [name, ordered ? 'ordered' : 'factor'])),
    levels: Object.fromEntries(factors.map(([name, { levels }]) => [name, levels])),
  });
  // The independent program took successes and sizes apart.
  const formula = reference.dataset === 'cbpp' ? reference.formula.replace(/^incidence ~/, 'cbind(incidence, size - incidence) ~') : reference.formula;
  return glmm(formula, table, {
    family: reference.family, link: reference.link, nAGQ: Math.min(reference.nAGQ, MAX_NODES), backend: 'cpu',
    // lme4 takes the expected information for links that are not canonical.
    information: reference.package === 'lme4' && reference.nAGQ <= 1 ? 'expected' : 'observed',
    contrasts: Object.fromEntries(factors.filter(([, { contrasts }]) => contrasts in CONTRASTS).map(([name, { contrasts }]) => [name, CONTRASTS[contrasts]])),
    ...Object.fromEntries(OPTIONS.filter((name) => reference[name] !== undefined).map((name) => [name, reference[name]])),
  });
}

/** Largest differences of a fit from its reference. Standard deviations are measured in standard errors of their own diagonal of Λ. */
export function differences(fit, reference) {
  // The independent program gives no standard errors.
  const errors = reference.fixef.se ?? reference.fixef.seRX ?? fit.coefficients().map((row) => row.std_error);
  const fixed = Math.max(...reference.fixef.estimate.map((value, j) => Math.abs(value - fit.params[j]) / errors[j]));
  const k = fit.params.length;
  let at = fit.design.fixedNames.length;
  let sd = 0;
  fit.VarCorr.forEach((term, t) => {
    const q = term.terms.length;
    term.sd.forEach((value, j) => {
      const theirs = theirSd(reference, term, j);
      if (theirs === undefined) throw new Error(`${reference.id} has no standard deviation of ${term.terms[j]} by ${term.group}`);
      // Near zero a standard deviation has no standard error: the absolute difference in units of 0.1 is as strict.
      const se = value > 1e-3 && fit.settings.integration.nAGQ > 0 ? Math.sqrt(fit.metric[at * k + at]) : 0.1;
      sd = Math.max(sd, Math.abs(value - theirs) / se);
      at += fit.design.random[t].covariance === 'diagonal' ? 1 : q - j;
    });
  });
  return { logLik: Math.abs(fit.logLik / reference.logLik - 1), fixed, sd };
}

/** lme4 numbers the groups of (x || g), glmmTMB turns a:b round and reports (x || g) as one block. */
function theirSd({ randomEffects, randomEffectsZi = [] }, { group, terms }, j) {
  const all = [...randomEffects, ...randomEffectsZi.map((one) => ({ ...one, terms: one.terms.map((name) => `zi.${name}`) }))];
  const parts = (name) => name.replace(/\.\d+$/, '').split(':').sort().join(':');
  const term = all.find((one) => parts(one.group) === parts(group) && one.terms.includes(terms[j]));
  return term?.sd[term.terms.indexOf(terms[j])];
}
