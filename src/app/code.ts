/** The equivalent of what was done on the page for R, the command line and TypeScript. */
import type { GlmmOptions } from '../index.js';
import type { ColumnType } from '../table/retype.js';

/** Options of a fit that the page offers. */
export interface PageOptions extends Pick<GlmmOptions, 'family' | 'link' | 'nAGQ'> {
  readonly weights?: string;
  readonly offset?: string;
}

export interface Analysis {
  readonly file: string;
  readonly formula: string;
  readonly options: PageOptions;
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly nsim: number;
  readonly seed: number;
}

const R_STRING = (text: string): string => JSON.stringify(text);
/** A word of a POSIX shell. */
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A column as a type, in R. */
const R_TYPES: Readonly<Record<ColumnType, (column: string) => string>> = {
  numeric: (column) => `as.numeric(as.character(${column}))`, factor: (column) => `factor(${column})`, ordered: (column) => `factor(${column}, ordered = TRUE)`,
  string: (column) => `as.character(${column})`, boolean: (column) => `as.logical(${column})`,
};

/** Packages of R that fit a family; glmmTMB has all others. */
const LME4 = ['binomial', 'poisson', 'gaussian'];
/** Names of families where glmmTMB's differ. */
const TMB_NAMES: Readonly<Record<string, string>> = { beta: 'beta_family' };

export function rCode({ file, formula, options, types, nsim, seed }: Analysis): string {
  const { family, link, weights, offset, nAGQ } = options;
  const extra = [...(weights === undefined ? [] : [`weights = ${weights}`]), ...(offset === undefined ? [] : [`offset = ${offset}`])];
  const read = [`d <- read.csv(${R_STRING(file)}, stringsAsFactors = TRUE)`, ...Object.entries(types).map(([name, type]) => `d[[${R_STRING(name)}]] <- ${R_TYPES[type](`d[[${R_STRING(name)}]]`)}`)];
  const call = (name: string, rest: readonly string[]): string => `fit <- ${name}(${[formula, 'data = d', ...rest].join(', ')})`;
  const linear = family === 'gaussian' && (link ?? 'identity') === 'identity';
  const fitted = linear ? ['library(lme4)', ...read, call('lmer', extra)]
    : LME4.includes(family) ? ['library(lme4)', ...read, call('glmer', [`family = ${family}(${link === undefined ? '' : R_STRING(link)})`, ...(nAGQ === undefined ? [] : [`nAGQ = ${nAGQ}`]), ...extra])]
      : family === 'cumulative' ? ['library(ordinal)', ...read, call('clmm', [...(link === undefined ? [] : [`link = ${R_STRING(link)}`]), ...extra])]
        : ['library(glmmTMB)', ...read, call('glmmTMB', [`family = ${TMB_NAMES[family] ?? family}(${link === undefined ? '' : `link = ${R_STRING(link)}`})`, ...extra])];
  const boot = LME4.includes(family) ? [`boot <- bootMer(fit, fixef, nsim = ${nsim}, seed = ${seed})`] : [];
  return [...fitted, 'summary(fit)', ...boot].join('\n');
}

export function cliCode({ file, formula, options, types, nsim, seed }: Analysis): string {
  const { family, link, nAGQ, weights, offset } = options;
  const pairs = Object.entries(types).map(([name, type]) => `${name}=${type}`).join(',');
  return [
    `glmmgpu bootstrap ${shell(file)}`, `--formula ${shell(formula)}`, `--family ${family}`, ...(link === undefined ? [] : [`--link ${shell(link)}`]),
    ...(nAGQ === undefined ? [] : [`--nagq ${nAGQ}`]), ...(weights === undefined ? [] : [`--weights ${shell(weights)}`]),
    ...(offset === undefined ? [] : [`--offset ${shell(offset)}`]), ...(pairs === '' ? [] : [`--types ${shell(pairs)}`]), `--nsim ${nsim}`, `--seed ${seed}`,
  ].join(' \\\n  ');
}

export function typescriptCode({ file, formula, options, types, nsim, seed }: Analysis): string {
  return `import { readFile } from 'node:fs/promises';
import { glmm, readTable } from 'glmmgpu';

const data = await readTable(await readFile(${JSON.stringify(file)}), 'csv', { types: ${JSON.stringify(types)} });
const fit = await glmm(${JSON.stringify(formula)}, data, ${JSON.stringify(options)});
console.log(String(fit.summary()));
const replicates = await fit.bootstrap({ nsim: ${nsim}, seed: ${seed} });
console.table(replicates.intervals());`;
}
