/** Child: a cold fit of many binary rows, from columns to the fitted model. Request: `{ groups, perGroup, nFixed }`. */
import { glmm } from '../dist/fit/glmm.js';
import { simulatedColumns } from './lib/cases.mjs';
import { answer, request } from './lib/child.mjs';

const { groups, perGroup, nFixed } = request();
const columns = simulatedColumns(groups, perGroup, nFixed);
const begin = performance.now();
const formula = `y ~ ${Object.keys(columns).filter((name) => name.startsWith('x')).join(' + ')} + (1 | g)`;
const fit = await glmm(formula, columns, { family: 'binomial', backend: 'cpu' });
answer({ rows: fit.nobs, groups, nFixed, seconds: (performance.now() - begin) / 1000, status: fit.status, evaluations: fit.toJSON().evaluations });
