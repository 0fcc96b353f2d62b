/** From terms and variables to the columns of a model matrix, on the first data and on new data. */
import { DataError, FormulaError } from '../errors.js';
import type { FactorColumn, Table } from '../table/table.js';
import { type Contrast, contrast } from './contrasts.js';
import { deparse } from './deparse.js';
import { type Memory, type Scope, evaluate } from './evaluate.js';
import type { Expression } from './expression.js';
import type { ContrastName } from './model-frame.js';
import { type TermSet, codingPattern } from './terms.js';
import { type Value, factorOf, vector } from './value.js';

/** A variable ready for a model matrix: a factor, or one or more columns of numbers with what to append to its name. */
export type VariableData =
  | { readonly kind: 'factor'; readonly column: FactorColumn }
  | { readonly kind: 'numeric'; readonly columns: readonly Float64Array[]; readonly suffixes: readonly string[] };

/** How one variable enters the matrix. Plain data. */
export interface CodedVariable {
  /** As it is named in the columns, e.g. `log(x)`. */
  readonly label: string;
  readonly expression: Expression;
  /** Null for numbers. */
  readonly factor: { readonly levels: readonly string[]; readonly contrast: ContrastName } | null;
  /** Suffixes of the columns of a numeric variable: `['']`, or `['1', '2']` for `poly(x, 2)`. */
  readonly suffixes: readonly string[];
}

/** The recipe of a model matrix. Plain data. */
export interface MatrixRecipe {
  readonly intercept: boolean;
  readonly variables: readonly CodedVariable[];
  /** Variables of each term and whether each is coded with all its levels. */
  readonly terms: readonly { readonly variables: readonly number[]; readonly full: readonly boolean[] }[];
  /** Names of all columns, as R's model.matrix names them. */
  readonly names: readonly string[];
}

/** Everything needed to make the fixed-effects matrix of new data. Plain data. */
export interface FixedTerms {
  readonly formula: string;
  readonly recipe: MatrixRecipe;
  /** Columns of the recipe that the model kept (the others are combinations of these). */
  readonly kept: readonly number[];
  /** What `scale`, `poly` … learnt from the first data. */
  readonly memory: Memory;
}

/** Most numbers a model matrix may hold (2 GB). */
const MAX_CELLS = 250_000_000;

/**
 * The fixed-effects matrix (rows × kept columns, row-major) of a table. A row with a missing value in a column of numbers or a factor is
 * NaN where that value enters. Throws DataError for a factor level the model has not seen, naming column, level and row.
 */
export function modelMatrix(fixedTerms: FixedTerms, table: Table): Float64Array {
  const scope = { table, text: fixedTerms.formula, memory: fixedTerms.memory, learning: false };
  const data = fixedTerms.recipe.variables.map((variable) => {
    const value = evaluate(variable.expression, scope);
    if (variable.factor === null) {
      // Where the model had numbers, logicals count as 0 and 1 and text is an error.
      if (value.kind === 'matrix') return variableData(value, variable.expression, scope);
      return { kind: 'numeric' as const, columns: [vector(value, variable.expression, table.nrow)], suffixes: [''] };
    }
    return { kind: 'factor' as const, column: matchLevels(factorOf(value, variable.expression, table.nrow), variable.factor.levels, variable.label) };
  });
  return fillMatrix(fixedTerms.recipe, data, table.nrow, fixedTerms.kept);
}

/** The value of an expression as a variable. With `asFactor`, numbers and logicals are read as factors too. */
export function variableData(value: Value, node: Expression, scope: Scope, asFactor = false): VariableData {
  const { nrow } = scope.table;
  switch (value.kind) {
    case 'factor': return { kind: 'factor', column: value };
    case 'matrix': return { kind: 'numeric', columns: value.columns, suffixes: value.columns.length === 1 ? [''] : value.names };
    case 'logical': return { kind: 'factor', column: factorOf(value, node, nrow) };
    case 'list': throw new FormulaError(`'${deparse(node)}' at character ${node.start + 1} is no variable; use columns of the data`, scope.text, node.start);
    default: return asFactor ? { kind: 'factor', column: factorOf(value, node, nrow) } : { kind: 'numeric', columns: [vector(value, node, nrow)], suffixes: [''] };
  }
}

function matchLevels(column: FactorColumn, levels: readonly string[], label: string): FactorColumn {
  const place = new Map(levels.map((level, i) => [level, i]));
  const map = column.levels.map((level) => place.get(level));
  const codes = new Int32Array(column.codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = column.codes[i]!;
    const mapped = code < 0 ? -1 : map[code];
    if (mapped === undefined) {
      throw new DataError(
        `'${label}' has level '${column.levels[code]!}' in row ${i + 1}, which the model was not fitted with; its levels are ${levels.slice(0, 10).join(', ')}${levels.length > 10 ? ', …' : ''}`,
        { column: label, row: i + 1 },
      );
    }
    codes[i] = mapped;
  }
  return { ...column, levels, codes };
}

/**
 * Decides on the coding of every factor and names the columns. `data[v]` belongs to `termSet.variables[v]`, its factors holding only
 * levels that occur; `contrastOf` gives the coding of a factor. Throws DataError for a factor with one level.
 */
export function makeRecipe(termSet: TermSet, data: readonly VariableData[], contrastOf: (label: string, ordered: boolean) => ContrastName): MatrixRecipe {
  const variables = termSet.variables.map((expression, v): CodedVariable => {
    const label = deparse(expression);
    const found = data[v]!;
    if (found.kind === 'numeric') return { label, expression, factor: null, suffixes: found.suffixes };
    const { levels, ordered } = found.column;
    if (levels.length < 2) {
      throw new DataError(`factor '${label}' has only one level ('${levels[0] ?? ''}') in the rows used; drop it from the formula`, { column: label });
    }
    return { label, expression, factor: { levels, contrast: contrastOf(label, ordered) }, suffixes: [] };
  });
  const pattern = codingPattern(termSet.terms, variables.map((variable) => variable.factor !== null), termSet.intercept);
  const terms = termSet.terms.map((term, t) => ({ variables: term, full: pattern[t]! }));
  const names: string[] = termSet.intercept ? ['(Intercept)'] : [];
  const codings = new CodingCache(variables);
  for (const term of terms) {
    let labels = [''];
    term.variables.forEach((v, place) => {
      const { label } = variables[v]!;
      const suffixes = codings.suffixes(v, term.full[place]!);
      if (names.length + labels.length * suffixes.length > MAX_COLUMNS) throw tooManyColumns(variables, data);
      // The first variable runs fastest.
      labels = suffixes.flatMap((suffix) => labels.map((head) => `${head}${place === 0 ? '' : ':'}${label}${suffix}`));
    });
    names.push(...labels);
  }
  return { intercept: termSet.intercept, variables, terms, names };
}

/** Most columns of a model matrix: far above any model that can be fitted. */
const MAX_COLUMNS = 20_000;

function tooManyColumns(variables: readonly CodedVariable[], data: readonly VariableData[]): DataError {
  let widest: { label: string; count: number } = { label: '', count: 0 };
  variables.forEach(({ label }, v) => {
    const found = data[v];
    const count = found?.kind === 'factor' ? found.column.levels.length : 1;
    if (count > widest.count) widest = { label, count };
  });
  return new DataError(
    `the model matrix would be too large: '${widest.label}' has ${widest.count} levels; use it as a grouping factor, (1 | ${widest.label}), or type it numeric`, { column: widest.label },
  );
}

/** Contrast matrices made once per variable and kind. */
class CodingCache {
  readonly #variables: readonly CodedVariable[];
  readonly #made = new Map<string, Contrast>();

  constructor(variables: readonly CodedVariable[]) {
    this.#variables = variables;
  }

  coding(variable: number, full: boolean): Contrast {
    const factor = this.#variables[variable]!.factor!;
    const name = full ? 'dummy' : factor.contrast;
    const key = `${variable} ${name}`;
    let made = this.#made.get(key);
    if (made === undefined) {
      // A thousand levels make a million numbers here: enough for fixed effects.
      if (factor.levels.length > MAX_CONTRAST_LEVELS) {
        throw new DataError(
          `factor '${this.#variables[variable]!.label}' has ${factor.levels.length} levels, the most for a fixed effect is ${MAX_CONTRAST_LEVELS}; use it as a grouping factor, (1 | ${this.#variables[variable]!.label})`,
          { column: this.#variables[variable]!.label },
        );
      }
      made = contrast(name, factor.levels);
      this.#made.set(key, made);
    }
    return made;
  }

  suffixes(variable: number, full: boolean): readonly string[] {
    const { factor, suffixes } = this.#variables[variable]!;
    return factor === null ? suffixes : this.coding(variable, full).suffixes;
  }
}

const MAX_CONTRAST_LEVELS = 2_000;

/** The matrix a recipe describes, n × kept, row-major; `kept` defaults to all columns. */
export function fillMatrix(recipe: MatrixRecipe, data: readonly VariableData[], nrow: number, kept?: readonly number[]): Float64Array {
  const columns = kept ?? recipe.names.map((_, j) => j);
  const width = columns.length;
  if (nrow * width > MAX_CELLS) throw tooManyColumns(recipe.variables, data);
  const out = new Float64Array(nrow * width);
  const target = new Map(columns.map((column, place) => [column, place]));
  const codings = new CodingCache(recipe.variables);
  let column = 0;
  if (recipe.intercept) {
    const place = target.get(column++);
    if (place !== undefined) for (let at = place; at < out.length; at += width) out[at] = 1;
  }
  for (const term of recipe.terms) {
    const widths = term.variables.map((v, i) => codings.suffixes(v, term.full[i]!).length);
    const total = widths.reduce((product, w) => product * w, 1);
    for (let k = 0; k < total; k++) {
      const place = target.get(column++);
      if (place === undefined) continue;
      let rest = k;
      term.variables.forEach((v, i) => {
        const sub = rest % widths[i]!;
        rest = Math.floor(rest / widths[i]!);
        const found = data[v]!;
        if (found.kind === 'numeric') multiply(out, found.columns[sub]!, place, width, i === 0);
        else {
          const { matrix, suffixes } = codings.coding(v, term.full[i]!);
          multiplyCoded(out, found.column.codes, matrix, sub, suffixes.length, place, width, i === 0);
        }
      });
    }
  }
  return out;
}

function multiply(out: Float64Array, values: Float64Array, place: number, width: number, first: boolean): void {
  let at = place;
  if (first) for (let i = 0; i < values.length; i++, at += width) out[at] = values[i]!;
  else for (let i = 0; i < values.length; i++, at += width) out[at]! *= values[i]!;
}

function multiplyCoded(
  out: Float64Array, codes: Int32Array, matrix: readonly number[], sub: number, step: number, place: number, width: number, first: boolean,
): void {
  const value = new Float64Array(matrix.length / step);
  for (let level = 0; level < value.length; level++) value[level] = matrix[level * step + sub]!;
  let at = place;
  for (let i = 0; i < codes.length; i++, at += width) {
    const code = codes[i]!;
    const entry = code < 0 ? NaN : value[code]!;
    out[at] = first ? entry : out[at]! * entry;
  }
}
