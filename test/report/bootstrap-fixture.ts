/** A bootstrap made of plain numbers, shaped like the real thing, for everything that prints or draws one. */
import type { Bootstrap, FitJson, IntervalRow } from '../../src/fit/types.js';
import type { BatchFit } from '../../src/model/batch-fit.js';
import { countStatuses } from '../../src/model/status.js';
import type { BackendReport } from '../../src/objective/backend.js';

export const backend: BackendReport = {
  backend: 'webgpu', device: 'Example adapter', reason: 'a GPU adapter was found', devicesLost: 0,
  check: { models: 64, maxErrorInStandardErrors: 1.2e-5, maxLogLikDifference: 3.4e-5 },
};

export const cbppFit: FitJson = {
  formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', family: 'binomial', link: 'logit', method: 'laplace', nAGQ: 1, nobs: 56,
  groups: { herd: 15 },
  fixed: [
    ['(Intercept)', -1.39853214239294, 0.232472004776942], ['period2', -0.992332734872552, 0.306642500688345],
    ['period3', -1.12867208417418, 0.326637852630098], ['period4', -1.58031388519104, 0.427436588887102],
  ].map(([term, estimate, se]) => ({
    term: String(term), estimate: Number(estimate), std_error: Number(se), statistic: Number(estimate) / Number(se), p_value: 0.001,
    conf_low: Number(estimate) - 1.96 * Number(se), conf_high: Number(estimate) + 1.96 * Number(se),
  })),
  vcov: [
    [0.0540432330050106, -0.0259200779063045, -0.0258269123863447, -0.0258917041624331],
    [-0.0259200779063045, 0.0940296232284019, 0.027891547057346, 0.0277973604860112],
    [-0.0258269123863447, 0.027891547057346, 0.106692286770802, 0.0274315163059675],
    [-0.0258917041624331, 0.0277973604860112, 0.0274315163059675, 0.182702037519442],
  ],
  random: [{ covariance: 'unstructured', group: 'herd', terms: ['(Intercept)'], sd: [0.64226144858993], correlation: [[1]] }],
  REML: null, dispersion: null, zi: null, disp: null, thresholds: null, ziformula: null, dispformula: null, logLik: -92.0262818647571, AIC: 194.052563729514, BIC: 204.17932218319, deviance: 73.4717233640348, df: 5,
  ranef: { herd: [{ level: '1', '(Intercept)': 0.59 }] }, converged: true, status: 'converged', singular: false, gradient_norm: 1e-7, evaluations: 9,
  backend, warnings: [],
};

/** Uniform numbers in (0, 1) from a linear congruence: enough for pictures, the same on every run. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
}

/**
 * A bootstrap of `nsim` replicates around a fit; standard deviations pile up at zero. `names` replaces the parameter names.
 * Statuses: zero deviations are on the boundary, every 500th replicate is separated with a wild first estimate.
 */
export function syntheticBootstrap(fit: FitJson, nsim: number, names?: readonly string[]): Bootstrap {
  const uniform = uniforms(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const deviations = fit.random.flatMap((component) => component.terms.map((term, j) => ({ name: `sd_${term}|${component.group}`, sd: component.sd[j]! })));
  const parameters = names ?? [...fit.fixed.map((row) => row.term), ...deviations.map((row) => row.name)];
  const estimates = Float64Array.from([...fit.fixed.map((row) => row.estimate), ...deviations.map((row) => row.sd)]);
  const errors = [...fit.fixed.map((row) => row.std_error), ...deviations.map(() => 0.28)];
  const status = new Uint8Array(nsim);
  const replicates = Array.from(estimates, (estimate, j) => Float64Array.from({ length: nsim }, (_, i) => {
    const value = estimate + errors[j]! * normal() - (j < fit.fixed.length ? 0.02 : 0.06);
    if (j < fit.fixed.length) return i % 500 === 499 && j === 0 ? -25 : value;
    if (value <= 0) status[i] = 1;
    return Math.max(0, value);
  }));
  for (let i = 499; i < nsim; i += 500) status[i] = 2;
  const batch: BatchFit = {
    nModels: nsim, names: parameters, params: replicates, standardErrors: null, logLik: Float64Array.from({ length: nsim }, () => -90 + 5 * normal()), status,
    evaluations: new Int32Array(nsim).fill(8), decrement: new Float64Array(nsim), backend,
  };
  return {
    nsim, seed: 1, method: 'parametric', parameters, estimates, replicates, fit: batch, counts: countStatuses(status), seconds: 0.42, refitsPerSecond: nsim / 0.42, backend,
    intervals: ({ kinds = ['percentile', 'basic', 'normal'] as const, level = 0.95 } = {}) => parameters.flatMap((parameter, j) => {
      const kept = replicates[j]!.filter((_, i) => status[i]! < 2).sort();
      const low = kept[Math.floor(((1 - level) / 2) * kept.length)]!;
      const high = kept[Math.floor(((1 + level) / 2) * kept.length)]!;
      const estimate = estimates[j]!;
      const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
      const shared = { parameter, estimate, bias: mean - estimate, std_error: errors[j]!, level, mc_error_low: 0.01, mc_error_high: 0.01, replicates: kept.length };
      return kinds.map((kind): IntervalRow => ({
        ...shared, kind,
        ...(kind === 'percentile' ? { conf_low: low, conf_high: high }
          : kind === 'basic' ? { conf_low: 2 * estimate - high, conf_high: 2 * estimate - low }
            : { conf_low: 2 * estimate - mean - 1.96 * errors[j]!, conf_high: 2 * estimate - mean + 1.96 * errors[j]! }),
      }));
    }),
  };
}
