/**
 * Whole batches on the device against float64: every model within 1e-4 standard errors (several factors: 1e-3) and 1e-3 of log-likelihood. Starts, metrics and streams are the same; the two optimisers run on their own.
 */
import { expect, test } from 'vitest';
import { referenceFits, referenceFrame } from '../helpers/reference.js';
import { describeGpu } from './adapter.js';
import { compareReplicates } from './compare-replicates.js';

describeGpu('replicates on the device', () => {
  test.each([
    { id: 'cbpp--laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    { id: 'cbpp--laplace-lme4', nAGQ: 9, models: 500, within: 1e-4 },
    { id: 'toenail--laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    { id: 'contraception--slope-laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    // Several factors, crossed and nested: 1e-3.
    { id: 'grouseticks--crossed-laplace-lme4', nAGQ: 1, models: 500, within: 1e-3 },
  ])('$id, nAGQ $nAGQ', async ({ id, nAGQ, models, within }) => {
    const frame = referenceFrame(referenceFits.find((fit) => fit.id === id)!);
    const { standardErrors, logLik } = await compareReplicates(frame, nAGQ, models, false);
    console.info(`${id} nAGQ ${nAGQ}: ${standardErrors.toExponential(1)} SE, ${logLik.toExponential(1)} logLik`);
    expect(standardErrors).toBeLessThan(within);
    expect(logLik).toBeLessThan(1e-3);
  }, 1_800_000);
});
