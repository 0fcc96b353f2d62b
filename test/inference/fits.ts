/** Fitted models that the tests of inference share, and the numbers R has for them. */
import { readFileSync } from 'node:fs';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { readCsv } from '../../src/table/csv.js';
import type { Table } from '../../src/table/table.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

export function rValues<Values>(name: string): Values {
  return JSON.parse(read(`../fixtures/inference/${name}.json`)) as Values;
}

export const cbppTable = readCsv(read('../../data/cbpp.csv'), { types: { period: 'factor', herd: 'factor' } });
export const contraceptionTable = readCsv(read('../../data/contraception.csv'));
export const epilTable = readCsv(read('../../data/epil.csv'));
export const wineTable = readCsv(read('../../data/wine.csv'), { types: { rating: 'ordered', judge: 'factor' } });
export const salamandersTable = readCsv(read('../fixtures/data/salamanders.csv'));
export const sleepstudyTable = readCsv(read('../../data/sleepstudy.csv'));

const memo = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
};
const fitOf = (formula: string, table: Table, options: GlmmOptions) => memo(() => glmm(formula, table, options));

export const CBPP = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
export const cbpp = fitOf(CBPP, cbppTable, { family: 'binomial' });
export const contraception = fitOf('use ~ age + I(age^2) + urban + livch + (1 | district)', contraceptionTable, { family: 'binomial' });
export const sleepstudy = fitOf('Reaction ~ Days + (Days | Subject)', sleepstudyTable, { family: 'gaussian' });
