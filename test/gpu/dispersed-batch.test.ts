/** Batches of the families with dispersion, zero inflation and thresholds on the device: every model within 1e-4 standard errors of float64. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { readCsv } from '../../src/table/csv.js';
import { describeGpu } from './adapter.js';
import { compareReplicates } from './compare-replicates.js';

interface Case {
  readonly data: string;
  readonly formula: string;
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly ziformula?: string;
  /** Nodes; default 1. */
  readonly nAGQ?: number;
  readonly factors?: readonly string[];
  readonly ordered?: string;
}

const salamanders = { data: 'salamanders', formula: 'count ~ mined + spp + (1 | site)', link: 'log' } as const;
const cases: readonly Case[] = [
  { ...salamanders, family: 'nbinom2' },
  { ...salamanders, family: 'poisson', ziformula: '~ mined' },
  { ...salamanders, family: 'truncated_nbinom2', ziformula: '~ mined' },
  { data: 'epil', formula: 'y ~ lbase * trt + lage + V4 + (1 | subject)', family: 'nbinom1', link: 'log', factors: ['subject'] },
  { data: 'gasoline', formula: 'y ~ ep + (1 | Sample)', family: 'beta', link: 'logit', factors: ['Sample'] },
  { data: 'cbpp', formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', family: 'betabinomial', link: 'logit', factors: ['period', 'herd'] },
  { data: 'sleepstudy', formula: 'RT ~ Days + (1 | Subject)', family: 'Gamma', link: 'log', factors: ['Subject'] },
  { data: 'invgauss', formula: 'y ~ x + trt + (1 | g)', family: 'inverse.gaussian', link: 'log' },
  { data: 'wine', formula: 'rating ~ temp * contact + (1 | judge)', family: 'cumulative', link: 'logit', ordered: 'rating', factors: ['judge'] },
  { data: 'wine', formula: 'rating ~ temp + contact + (1 | judge)', family: 'cumulative', link: 'probit', ordered: 'rating', factors: ['judge'], nAGQ: 7 },
];

describeGpu('replicates with dispersion, zero inflation and thresholds on the device', () => {
  test.each(cases)('$data: $family $link $ziformula', async ({ data, formula, factors, ordered, nAGQ, ...options }) => {
    const types = Object.fromEntries([...(factors ?? []).map((name) => [name, 'factor'] as const), ...(ordered === undefined ? [] : [[ordered, 'ordered'] as const])]);
    const table = readCsv(readFileSync(new URL(`../fixtures/data/${data}.csv`, import.meta.url), 'utf8'), { types });
    const { standardErrors, logLik, atInfinity } = await compareReplicates(buildModelFrame(formula, table, options), nAGQ ?? 1, 500, true);
    console.info(`${data} ${options.family} ${options.ziformula ?? ''}: ${standardErrors.toExponential(1)} SE, ${logLik.toExponential(1)} logLik, ${atInfinity} at infinity`);
    // Some replicates have no overdispersion, or lack a category.
    expect(atInfinity).toBeLessThan(['betabinomial', 'cumulative'].includes(options.family) ? 25 : 1);
    expect(standardErrors).toBeLessThan(1e-4);
    expect(logLik).toBeLessThan(1e-3);
  }, 600_000);
});
