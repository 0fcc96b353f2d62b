/** `glmmgpu many`: one model fitted to many responses. */
import { OptionError } from '../errors.js';
import { formatRows } from '../report/format-rows.js';
import { formatBackend, formatStatusCounts } from '../report/format-run.js';
import { type ManyResponses, type ManyResponsesOptions, manyResponses } from '../studies/many-responses.js';
import { readData } from './fit-model.js';
import { type ModelArguments, glmmOptions } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface ManyArguments extends ModelArguments, StudyArguments {
  readonly responses: string;
}

/** Lines that are printed; the CSV has all. */
const PRINTED = 20;

export async function manyCommand(path: string, options: ManyArguments): Promise<void> {
  const { table } = await readData(path, options);
  const responses = matchingNames(options.responses, [...table.columns.keys()]);
  const { start, backend: _, ...model } = glmmOptions(options);
  if (start !== undefined) throw new OptionError('--start is for one response; leave it out');
  await studyCommand<ManyResponses>(options, {
    run: (hooks) => manyResponses(options.formula, table, { ...(model as Omit<ManyResponsesOptions, 'responses'>), responses, ...hooks }),
    text: ({ rows, counts, fit: { backend } }) => {
      const least = [...rows].filter((row) => row.term !== '(Intercept)' && !Number.isNaN(row.p_value)).sort((a, b) => a.p_value - b.p_value).slice(0, PRINTED);
      return [
        `${responses.length} responses; the ${least.length} smallest p values`, '',
        formatRows(least.map((row) => ({ ...row })), { std_error: 'Std. Error', p_value: 'p', p_adjusted: 'p (BH)' }), '', formatStatusCounts(counts), '', formatBackend(backend),
      ].join('\n');
    },
    json: ({ fit: { backend }, estimates, ...rest }) => ({ ...rest, estimates, backend }),
    rows: ({ rows }) => rows.map((row) => ({ ...row })),
  });
}

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
