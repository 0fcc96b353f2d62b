/** Statistics of a bootstrap written as R expressions over the names of its parameters. */
import { checkArgument, checkText } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { IntervalOptions } from '../fit/types.js';
import { evaluate } from '../formula/evaluate.js';
import { parseExpression } from '../formula/parse.js';
import type { NumericColumn } from '../table/table.js';

/**
 * Functions for `intervals({ statistics })` from expressions by name, e.g. `{ odds: 'exp(period2)' }`; names that are no words of R go into
 * backticks.
 * @throws FormulaError for an expression that cannot be read; the functions throw DataError or OptionError for what they cannot compute.
 */
export function expressionStatistics(expressions: Readonly<Record<string, string>>): NonNullable<IntervalOptions['statistics']> {
  checkArgument('expressionStatistics', expressions, [], 'expressions by name', "for example { odds: 'exp(period2)' }");
  return Object.fromEntries(Object.entries(expressions).map(([name, text]) => {
    checkText('expressionStatistics', text, `the expression of '${name}'`);
    const expression = parseExpression(text, `the statistic '${name}'`);
    return [name, (parameters) => {
      const columns = new Map(Object.entries(parameters).map(([parameter, value]): [string, NumericColumn] => [parameter, { kind: 'numeric', values: Float64Array.of(value) }]));
      const result = evaluate(expression, { table: { nrow: 1, columns }, text, memory: {}, learning: true });
      if (result.kind === 'scalar') return result.value;
      if (result.kind !== 'numeric') throw new OptionError(`the statistic '${name}' (${text}) is no number; write an expression of parameters such as exp(x)`);
      return result.values[0]!;
    }];
  }));
}
