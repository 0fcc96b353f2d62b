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
import type { Table } from '../table/table.js';
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
  const label = deparse({ kind: 'name', name, start: 0, end: 0 });
  // Errors tell places in the formula: what follows the response stays where it is.
  const formula = (isCbind ? `cbind(${label},${label})` : label).padEnd(response.end) + text.slice(response.end);
  const withColumn = (values: Float64Array): Table => ({ nrow: table.nrow, columns: new Map([...table.columns, [name, { kind: 'numeric', values }]]) });
  return {
    formula, table: isCbind ? withColumn(new Float64Array(table.nrow).fill(1)) : withPlaceholderResponse(table, formula, family),
    numbers(column, { rows, responseKind, design }) {
      const value = evaluate(response, { table: withColumn(column), text, memory: {}, learning: true });
      if (isCbind && value.kind === 'matrix' && value.columns.length === 2) {
        const [successes, failures] = value.columns as readonly [Float64Array, Float64Array];
        return { response: Float64Array.from(rows, (row) => successes[row]!), trials: Float64Array.from(rows, (row) => successes[row]! + failures[row]!) };
      }
      const values = vector(value, response, table.nrow);
      const size = (i: number): number => design.trials![i]!;
      return { response: Float64Array.from(rows, (row, i) => (responseKind === 'proportion' ? wholeSuccesses(values[row]!, size(i)) : values[row]!)), trials: null };
    },
  };
}
