/** The left side of a formula, made of one column of the data after another. */
import { FormulaError } from '../errors.js';
import { deparse } from '../formula/deparse.js';
import { evaluate } from '../formula/evaluate.js';
import { parseFormula } from '../formula/parse.js';
import { wholeSuccesses } from '../formula/response.js';
import { vector } from '../formula/value.js';
import { inputs } from '../formula/variables.js';
import type { FamilyName } from '../model/design.js';
import type { ModelFrame } from '../formula/model-frame.js';
import type { Column, Table } from '../table/table.js';
import { withPlaceholderResponse } from './design-table.js';

/** What a model sees of one response on its rows; NaN where there is no value. */
export interface TemplateNumbers {
  readonly response: Float64Array;
  /** Binomial sizes that the response has of its own: those of `cbind`; else null. */
  readonly trials: Float64Array | null;
}

/** A formula whose response is yet to be put in. */
export interface ResponseTemplate {
  /** The formula with a bare response in the place of an expression, and a table that has values of it: they make the design, whatever the expression. */
  readonly formula: string;
  readonly table: Table;
  /** The left side of the given formula with a column of the data in the place of its name, on the rows of the frame of `formula`. */
  numbers(column: Float64Array, frame: ModelFrame): TemplateNumbers;
}

/** @throws FormulaError where it is not clear which name of the left side stands for the responses. */
export function responseTemplate(text: string, table: Table, family: FamilyName): ResponseTemplate {
  const { response } = parseFormula(text);
  const missing = [...new Set(inputs(response))].filter((name): name is string => name !== null && !table.columns.has(name));
  const name = response.kind === 'name' ? response.name : missing[0];
  if (name === undefined || missing.length > 1) {
    throw new FormulaError(
      `the response '${deparse(response)}' has ${missing.length === 0 ? 'no name' : `${missing.length} names (${missing.join(', ')})`} that the data do not have; write one, such as y, for the responses`,
      text, response.start,
    );
  }
  const isCbind = response.kind === 'call' && response.callee === 'cbind';
  // A bare response may be a column of the data: the values of that column, and the gaps in it, are its own affair.
  let own = name;
  while (table.columns.has(own)) own += '.';
  const label = deparse({ kind: 'name', name: own, start: 0, end: 0 });
  // Errors tell places in the formula: what follows the response stays where it is.
  const formula = (isCbind ? `cbind(${label},${label})` : label).padEnd(response.end) + text.slice(response.end);
  // Thousands of columns are not copied for each of them.
  const others = [...table.columns].filter(([column]) => inputs(response).includes(column));
  const withColumn = (columns: Iterable<[string, Column]>, column: string, values: Float64Array): Table =>
    ({ nrow: table.nrow, columns: new Map([...columns, [column, { kind: 'numeric', values }]]) });
  return {
    formula, table: isCbind ? withColumn(table.columns, own, new Float64Array(table.nrow).fill(1)) : withPlaceholderResponse(table, formula, family),
    numbers(column, { rows, responseKind, design }) {
      const value = evaluate(response, { table: withColumn(others, name, column), text, memory: {}, learning: true });
      if (isCbind && value.kind === 'matrix' && value.columns.length === 2) {
        const [successes, failures] = value.columns as readonly [Float64Array, Float64Array];
        return { response: onRows(rows, (row) => successes[row]!), trials: onRows(rows, (row) => successes[row]! + failures[row]!) };
      }
      const values = vector(value, response, table.nrow);
      const ofRow = responseKind === 'proportion' ? (row: number, i: number) => wholeSuccesses(values[row]!, design.trials![i]!) : (row: number) => values[row]!;
      return { response: onRows(rows, ofRow), trials: null };
    },
  };
}

/** Ten times faster than `Float64Array.from`, which thousands of columns feel. */
function onRows(rows: Int32Array, of: (row: number, i: number) => number): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = of(rows[i]!, i);
  return out;
}
