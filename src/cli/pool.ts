/** `glmmgpu pool`: the model fitted to each imputation of the data, pooled by Rubin's rules. */
import { DataError, OptionError } from '../errors.js';
import { formatRows } from '../report/format-rows.js';
import closestName from '../names.js';
import { type Pooled, glmmImputed } from '../studies/pool.js';
import { splitTable } from '../studies/split-table.js';
import { readData } from './fit-model.js';
import { type ModelArguments, glmmOptions } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface PoolArguments extends ModelArguments, StudyArguments {
  readonly imputation: string;
  readonly level: number;
}

export async function poolCommand(path: string, options: PoolArguments): Promise<void> {
  const { table } = await readData(path, options);
  const { imputation, level } = options;
  if (!table.columns.has(imputation)) throw new DataError(`there is no column '${imputation}' that numbers the imputations${closestName(imputation, table.columns.keys())}`, { column: imputation });
  const tables = splitTable(table, imputation).filter(({ value }) => value !== '0').map((part) => part.table);
  if (tables.length < 2) throw new OptionError(`column '${imputation}' holds ${tables.length} imputations; pooling needs two at least (0 stands for the data before imputation)`);
  await studyCommand<Pooled>(options, {
    run: () => glmmImputed(options.formula, tables, glmmOptions(options), level),
    text: ({ m, fixed, random }) => [
      `Pooled over ${m} imputations`, '', 'Random effects (means):', ...Object.entries(random).map(([name, value]) => ` ${name} ${value.toPrecision(4)}`), '', 'Fixed effects:',
      formatRows(fixed.map((row) => ({ ...row })), { std_error: 'Std. Error', statistic: 't value', p_value: 'p', conf_low: 'low', conf_high: 'high' }),
    ].join('\n'),
    json: ({ fits, ...pooled }) => ({ formula: fits[0]!.frame.formula, ...pooled }),
    rows: ({ fixed }) => fixed.map((row) => ({ ...row })),
  });
}
