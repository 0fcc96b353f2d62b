/** Reference fits made by other programs, and the model frames they belong to. */
import { readFileSync } from 'node:fs';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { ContrastName, ModelFrame } from '../../src/formula/model-frame.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { readCsv } from '../../src/table/csv.js';
import type { Table } from '../../src/table/table.js';

export interface ReferenceFit {
  readonly id: string;
  readonly dataset: string;
  readonly package: string;
  readonly formula: string;
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly nAGQ: number;
  readonly nobs: number;
  readonly weights?: string;
  readonly groups: Readonly<Record<string, number>>;
  readonly factors: Readonly<Record<string, { levels: string[]; ordered: boolean; contrasts: string | null }>>;
  readonly fixef: { names: string[]; estimate: number[]; se?: number[]; seRX?: number[] };
  readonly randomEffects: readonly { group: string; terms: string[]; sd: number[]; corr: number[][] }[];
  readonly theta?: { estimate: number[] };
  readonly logLik: number;
  readonly saturatedLogLik?: number;
  readonly objectiveAt?: readonly { theta: number[]; beta?: number[]; value: number }[];
  readonly ranef?: Readonly<Record<string, { levels: string[]; terms: string[]; mode: number[][] }>>;
  readonly fitted?: { first20: number[]; sum: number };
  readonly singular?: boolean;
}

const read = (path: string): string => readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');

export const referenceFits = JSON.parse(read('fits/glmm.json')) as ReferenceFit[];

/** A data set with the factors of the fit coded as the reference coded them. */
export function referenceTable(dataset: string, factors: ReferenceFit['factors']): Table {
  return readCsv(read(`data/${dataset}.csv`), {
    types: Object.fromEntries(Object.entries(factors).map(([name, f]) => [name, f.ordered ? 'ordered' : 'factor'])),
    levels: Object.fromEntries(Object.entries(factors).map(([name, f]) => [name, f.levels])),
  });
}

const CONTRASTS: Readonly<Record<string, ContrastName>> = { 'contr.sum': 'sum', 'contr.helmert': 'helmert' };

export function referenceFrame(fit: ReferenceFit): ModelFrame {
  // The independent program took successes and sizes apart.
  const formula = fit.dataset === 'cbpp' ? fit.formula.replace(/^incidence ~/, 'cbind(incidence, size - incidence) ~') : fit.formula;
  const contrasts = Object.fromEntries(
    Object.entries(fit.factors).flatMap(([name, f]) => (f.contrasts !== null && f.contrasts in CONTRASTS ? [[name, CONTRASTS[f.contrasts]!]] : [])));
  return buildModelFrame(formula, referenceTable(fit.dataset, fit.factors), {
    family: fit.family, link: fit.link, contrasts, ...(fit.weights === undefined ? {} : { weights: fit.weights }),
  });
}
