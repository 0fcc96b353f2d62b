/** Columns meant as numbers that one odd value has made text: R's silence about them costs a model. */
import { DataError } from '../errors.js';
import { parseNumber } from '../table/parse-number.js';
import { deparse } from './deparse.js';
import type { Expression } from './expression.js';
import type { VariableData } from './model-matrix.js';
import { firstText } from './value.js';

/** Notes on text columns of the fixed effects most of whose values are numbers. @throws DataError where nearly every row would be a level of its own */
export function textOfNumbers(expressions: readonly Expression[], data: readonly VariableData[], rows: Int32Array): string[] {
  return expressions.flatMap((expression, v) => {
    const found = data[v]!;
    if (found.kind !== 'factor' || found.column.source !== 'string') return [];
    const { column } = found;
    const { levels } = column;
    // Without an odd value the text was meant.
    if (2 * levels.filter(isWrittenNumber).length <= levels.length || levels.every((level) => parseNumber(level) !== undefined)) return [];
    const label = deparse(expression);
    const at = firstText(column);
    const row = rows[at]! + 1;
    const what = `'${label}' holds text ('${levels[column.codes[at]!]!}' in row ${row})`;
    const remedy = 'correct the value or say that it is missing (missing, --missing)';
    if (2 * levels.length > rows.length) {
      throw new DataError(`${what}, which makes each of its ${levels.length} values a level of a factor; ${remedy}, or type the column factor`, { column: label, row });
    }
    return [`${what}, so its ${levels.length} values are levels of a factor; if they are numbers, ${remedy}`];
  });
}

/** A number, perhaps with separators, a currency or a percent sign. */
function isWrittenNumber(text: string): boolean {
  const bare = text.replace(/[\s,'$€£%]/g, '');
  return bare !== '' && parseNumber(bare) !== undefined;
}
