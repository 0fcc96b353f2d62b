/** `glmmgpu many`: one model fitted to many responses. */
import { OptionError } from '../errors.js';
import { formatCount } from '../report/format-numbers.js';
import { formatRows } from '../report/format-rows.js';
import { formatBackend, formatStatusCounts } from '../report/format-run.js';
import { type ManySpec, manyFromResults, manySpec, manyStudy } from '../studies/many-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { readData } from './fit-model.js';
import { type DurableArguments, type ModelArguments, glmmOptions, modelOptions } from './options.js';

/** What commander hands to `many`. */
export interface ManyArguments extends ModelArguments, DurableArguments {
  readonly responses: string;
}

/** Lines that are printed; the CSV has all. */
const PRINTED = 20;

export const manyCommand: DurableCommand<ManyArguments> = {
  reports: ['many.csv', 'many.json'],

  async prepare(path, options) {
    const { table, data } = await readData(path, options);
    const { start, backend: _, ...model } = glmmOptions(options);
    if (start !== undefined) throw new OptionError('--start is for one response; leave it out');
    const responses = matchingNames(options.responses, [...table.columns.keys()]);
    const spec = manySpec(options.formula, table, { ...model, responses });
    return {
      heading: null,
      record: { study: manyStudy(spec), stage: 'responses', data, options: { ...modelOptions(options), responses: options.responses }, context: {} },
    };
  },

  async report(spec, _context, results) {
    const { rows, counts, estimates, fit: { backend }, ...rest } = await manyFromResults(spec as ManySpec, results);
    const unusable = (spec as ManySpec).responses.filter(({ isUsable }) => !isUsable).map(({ name }) => name);
    const least = [...rows].filter((row) => row.term !== '(Intercept)' && !Number.isNaN(row.p_value)).sort((a, b) => a.p_value - b.p_value).slice(0, PRINTED);
    const text = [
      `${formatCount(rest.responses.length)} responses; the ${least.length} smallest p values`, '',
      formatRows(least.map((row) => ({ ...row })), { std_error: 'Std. Error', p_value: 'p', p_adjusted: 'p (BH)' }), '', formatStatusCounts(counts), '',
      ...(unusable.length === 0 ? [] : [`Not fitted, for values that the family does not allow or for want of two different ones: ${unusable.slice(0, PRINTED).join(', ')}${unusable.length > PRINTED ? ', …' : ''}`, '']),
      formatBackend(backend),
    ].join('\n');
    return tableReport('many', text, { ...rest, rows, counts, estimates, backend }, rows.map((row) => ({ ...row })));
  },
};

/** Names of columns by a list in which `*` stands for any letters: `gene*,actb`. */
function matchingNames(list: string, names: readonly string[]): string[] {
  const found = list.split(',').map((part) => part.trim()).flatMap((part) => {
    if (!part.includes('*')) return [part];
    const pattern = new RegExp(`^${part.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's');
    const matching = names.filter((name) => pattern.test(name));
    if (matching.length === 0) throw new OptionError(`--responses: no column is called '${part}'`);
    return matching;
  });
  return [...new Set(found)];
}
