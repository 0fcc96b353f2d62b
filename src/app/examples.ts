/** Bundled data sets with the model each is known for. */
import type { FamilyName } from '../index.js';
import type { ColumnType } from '../table/retype.js';

export interface Example {
  readonly name: string;
  readonly url: URL;
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly formula: string;
  readonly family: FamilyName;
}

export const EXAMPLES: readonly Example[] = [
  { name: 'cbpp', url: new URL('../../data/cbpp.csv', import.meta.url), types: { herd: 'factor', period: 'factor' }, formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', family: 'binomial' },
  { name: 'toenail', url: new URL('../../data/toenail.csv', import.meta.url), types: { patientID: 'factor' }, formula: 'y ~ treatment * visit + (1 | patientID)', family: 'binomial' },
  { name: 'contraception', url: new URL('../../data/contraception.csv', import.meta.url), types: { district: 'factor' }, formula: 'use ~ age + I(age^2) + urban + livch + (urban | district)', family: 'binomial' },
  { name: 'epil', url: new URL('../../data/epil.csv', import.meta.url), types: { subject: 'factor' }, formula: 'y ~ lbase * trt + lage + V4 + (1 | subject)', family: 'poisson' },
  { name: 'sleepstudy', url: new URL('../../data/sleepstudy.csv', import.meta.url), types: { Subject: 'factor' }, formula: 'Reaction ~ Days + (1 + Days | Subject)', family: 'gaussian' },
  { name: 'wine', url: new URL('../../data/wine.csv', import.meta.url), types: { rating: 'ordered', judge: 'factor' }, formula: 'rating ~ temp * contact + (1 | judge)', family: 'cumulative' },
];
