/**
 * The models that every bench fits: data sets of the literature, with one grouping factor and with several, counts, categories, and simulated shapes.
 * A case is `{ name, title, formula, family, nAGQ, factors, trials, table(), csv() }`; `prepare(case)` fits it once.
 */
import { readFileSync } from 'node:fs';
import { glmm } from '../../dist/fit/glmm.js';
import { createSimulator } from '../../dist/random/simulate.js';
import { STREAM, fillNormals } from '../../dist/random/stream.js';
import { readCsv } from '../../dist/table/csv.js';

const SEED = 20240601;

/** A CSV file. `factors`: columns of numbers that are categories; `trials`: the column of binomial sizes. */
const fromFile = (path, factors, trials, family) => {
  const csv = () => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  return { csv, family, factors, trials, table: () => readCsv(csv(), { types: Object.fromEntries(factors.map((column) => [column, 'factor'])) }) };
};
const bundled = (name, factors = [], trials = null) => fromFile(`data/${name}.csv`, factors, trials, 'binomial');
const fixture = (name, factors, family) => fromFile(`test/fixtures/data/${name}.csv`, factors, null, family);

/**
 * Binary rows of a random-intercept logit model: an intercept, normal covariates x1 …, a standard normal effect of each group and, where
 * `groupsPerOuter` is given, of each so many groups. Columns `y`, `x1` …, `g`, and `h` for the outer groups.
 */
export function simulatedColumns(groups, perGroup, nFixed, groupsPerOuter = null) {
  const nobs = groups * perGroup;
  const columns = {};
  const x = new Float64Array(nobs * nFixed).fill(1);
  for (let j = 1; j < nFixed; j++) {
    const column = new Float64Array(nobs);
    fillNormals(column, nobs, SEED, j, STREAM.randomEffects);
    columns[`x${j}`] = column;
    for (let i = 0; i < nobs; i++) x[i * nFixed + j] = column[i];
  }
  const term = (group, rowsPerLevel) => ({
    group, levels: Array.from({ length: Math.ceil(nobs / rowsPerLevel) }, (_, level) => `${level + 1}`),
    index: Int32Array.from({ length: nobs }, (_, i) => Math.floor(i / rowsPerLevel)), names: ['(Intercept)'], z: new Float64Array(nobs).fill(1),
    covariance: 'unstructured',
  });
  const random = [term('g', perGroup), ...(groupsPerOuter === null ? [] : [term('h', perGroup * groupsPerOuter)])];
  const design = {
    nobs, x, fixedNames: ['(Intercept)', ...Object.keys(columns)], family: 'binomial', link: 'logit', trials: null, weights: null, offset: null, auxiliary: [],
    random,
  };
  // Coefficients −0.5, 0.8, −0.4, 0.2, …; σ = 1.
  const params = Float64Array.from({ length: nFixed + random.length }, (_, j) => (j === 0 ? -0.5 : j >= nFixed ? 1 : 0.8 * (-0.5) ** (j - 1)));
  const y = new Float64Array(nobs);
  createSimulator(design, params).simulate(0, SEED, y, 0);
  return { y, ...columns, ...Object.fromEntries(random.map(({ group, index }) => [group, index.map((level) => level + 1)])) };
}

const simulated = (groups, perGroup, nFixed) => ({
  formula: `y ~ ${Array.from({ length: nFixed - 1 }, (_, j) => `x${j + 1}`).join(' + ')} + (1 | g)`,
  family: 'binomial', nAGQ: 1, factors: [], trials: null,
  table: () => simulatedColumns(groups, perGroup, nFixed),
  csv: () => toCsv(simulatedColumns(groups, perGroup, nFixed)),
});

/** Groups of 10 binary rows, five groups in each outer one. */
export const threeLevels = (groups) => ({ formula: 'y ~ x1 + (1 | h/g)', family: 'binomial', nAGQ: 1, table: () => simulatedColumns(groups, 10, 2, 5) });

function toCsv(columns) {
  const names = Object.keys(columns);
  const rows = Array.from(columns.y, (_, i) => names.map((name) => columns[name][i]).join(','));
  return `${[names.join(','), ...rows].join('\n')}\n`;
}

const cbpp = { formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', ...bundled('cbpp', ['period'], 'size') };
const toenail = { formula: 'y ~ treatment * visit + (1 | patientID)', ...bundled('toenail') };

/** All cases, small ones first. */
export const CASES = [
  { name: 'cbpp', title: 'cbpp, Laplace', nAGQ: 1, ...cbpp },
  { name: 'cbpp-9', title: 'cbpp, 9 nodes', nAGQ: 9, ...cbpp },
  { name: '15x20', title: '15 groups × 20 binary rows, p = 2', ...simulated(15, 20, 2) },
  { name: '150x20', title: '150 × 20, p = 2', ...simulated(150, 20, 2) },
  { name: '1000x10', title: '1,000 × 10, p = 5', ...simulated(1000, 10, 5) },
  { name: 'toenail', title: 'toenail, Laplace', nAGQ: 1, ...toenail },
  { name: 'toenail-25', title: 'toenail, 25 nodes', nAGQ: 25, ...toenail },
  {
    name: 'contraception', title: 'contraception, slope (2-dimensional)', nAGQ: 1,
    formula: 'y ~ age + I(age^2) + urban + livch + (urban | district)', ...bundled('contraception'),
  },
  {
    name: 'three-level', title: 'contraception, three levels', nAGQ: 1,
    formula: 'y ~ age + I(age^2) + urban + livch + (1 | district/urban)', ...bundled('contraception'),
  },
  {
    name: 'grouseticks', title: 'grouseticks, three factors', nAGQ: 1,
    formula: 'TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION)', ...fixture('grouseticks', ['YEAR', 'BROOD', 'INDEX', 'LOCATION'], 'poisson'),
  },
  {
    name: 'verbagg', title: 'verbal aggression, 79 × 24 crossed', nAGQ: 1,
    formula: 'r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)', ...fixture('verbagg79', ['id', 'r2'], 'binomial'),
  },
  {
    name: 'salamanders', title: 'Salamanders, negative binomial', nAGQ: 1,
    formula: 'count ~ spp + mined + (1 | site)', ...fixture('salamanders', [], 'nbinom2'),
  },
  {
    name: 'wine', title: 'wine, cumulative logit', nAGQ: 1,
    formula: 'rating ~ temp + contact + (1 | judge)', ...fromFile('data/wine.csv', ['rating', 'judge'], null, 'cumulative'),
  },
];

/** The cases of these names; all without names. Throws for a name there is not. */
export function pickCases(names) {
  if (names === undefined) return CASES;
  return names.map((name) => {
    const found = CASES.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no case '${name}'; the cases are ${CASES.map((one) => one.name).join(', ')}`);
    return found;
  });
}

/** Table and fitted model of a case. */
export async function prepare({ formula, family, nAGQ, table }) {
  const data = table();
  return { data, fit: await glmm(formula, data, { family, nAGQ, backend: 'cpu' }) };
}

/** Replicates [first, first + count) of the parametric bootstrap of a fitted model, as a batch. */
export function replicates(fit, first, count, seed = 1) {
  return { nModels: count, response: { kind: 'simulate', params: fit.params, seed, first }, start: fit.params, metric: fit.metric };
}

/** Standard errors of the parameters of a fitted model. */
export function standardErrors(fit) {
  const k = fit.params.length;
  return Array.from({ length: k }, (_, j) => Math.sqrt(fit.metric[j * k + j]));
}
