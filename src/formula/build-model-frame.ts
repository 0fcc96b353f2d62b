/** Formula and table to model frame: the one place where text and columns become the numbers of a model. */
import { checkArgument, checkOptions } from '../check-arguments.js';
import { DataError, FormulaError, OptionError } from '../errors.js';
import closestName from '../names.js';
import { auxiliaryRoles, distributionOf, getFamily, resolveFamily, takesZeroInflation } from '../families/registry.js';
import { hasCommonCorrelation } from '../model/covariance-structure.js';
import type { AuxiliaryPredictor, RandomTerm } from '../model/design.js';
import type { Table } from '../table/table.js';
import { checkGroupings, constantEffects, containedEffects } from './check-random.js';
import { resolveContrast } from './contrasts.js';
import { applyPattern } from './covariance-pattern.js';
import { deparse } from './deparse.js';
import { type AuxiliaryTerms, auxiliaryTerms, checkAuxiliaryOptions, knownDispersion, thresholdPredictor } from './auxiliary.js';
import { type Memory, type Scope, evaluate } from './evaluate.js';
import type { Expression } from './expression.js';
import { crossFactors, groupingParts } from './grouping.js';
import { type ContrastName, type FrameOptions, type ModelFrame, NA_ACTIONS, type OffsetTerms, type RandomTerms } from './model-frame.js';
import { type FixedTerms, type MatrixRecipe, type VariableData, fillMatrix, makeRecipe } from './model-matrix.js';
import { parseExpression, parseFormula } from './parse.js';
import { independentColumns } from './rank.js';
import { referenceValues } from './reference-values.js';
import { makeResponse } from './response.js';
import { type BarTerm, splitFormula } from './split-formula.js';
import { subsetRows } from './subset.js';
import { type TermSet, expandTerms } from './terms.js';
import { textOfNumbers } from './text-of-numbers.js';
import { timeFactor } from './time-factor.js';
import { Variables, inputs, takeRows } from './variables.js';
import { vector } from './value.js';

/** Keys of numbers that are no variables of the formula; labels cannot hold line ends. */
const WEIGHTS = '\nweights';
const OFFSET = '\noffset';

/**
 * Builds the numbers of a generalized linear mixed model from an lme4 formula and a table.
 *
 * Fixed-effect columns have R's names and order; columns that are combinations of earlier ones are dropped as R drops them. As in R,
 * `scale` and `poly` use all rows of the table, before `subset` and before rows with missing values are left out. `contrasts` apply to the
 * fixed effects; the matrices of random terms use treatment contrasts (polynomial for ordered factors), as in lme4.
 * Random terms come in formula order, `(1 | a/b)` as `(1 | b:a)` then `(1 | a)`; `(x || g)` becomes one term per effect, and as in lme4 the
 * columns of one factor stay together and correlated.
 *
 * Throws FormulaError (with position), DataError (with column and row) or OptionError.
 */
export function buildModelFrame(formula: string, table: Table, given: FrameOptions): ModelFrame {
  checkArgument('buildModelFrame', table, ['nrow', 'columns'], 'a table', 'readTable and toTable make one');
  checkOptions('buildModelFrame', given, "{ family: 'binomial', link: 'logit' }");
  const options = { ...given, ...resolveFamily(given.family, given.link) };
  if (options.naAction !== undefined && !NA_ACTIONS.includes(options.naAction)) {
    throw new OptionError(`unknown naAction '${String(options.naAction)}'; use ${NA_ACTIONS.join(', ')}${closestName(String(options.naAction), NA_ACTIONS)}`);
  }
  const parsed = parseFormula(formula);
  const split = splitFormula(parsed);
  const memory: Memory = {};
  const scope: Scope = { table, text: formula, memory, learning: true };
  const responseName = deparse(split.response);
  const fixedSet = expandTerms(split.fixed, { text: formula, dot: dotColumns(table, split.response, split.bars), response: responseName });
  const meanSets = randomSetsOf(applyPattern(split.bars, options.covariancePattern), formula);
  const roles = auxiliaryRoles(options.family, options);
  checkAuxiliaryOptions(options.family, roles, takesZeroInflation(options.family), options);
  const auxiliarySets = auxiliaryTerms(roles, options, split);
  const randomSets = [...meanSets, ...auxiliarySets.flatMap(({ bars, text }) => randomSetsOf(bars, text, 'zi'))];

  const variables = new Variables(scope);
  variables.add(split.response);
  for (const expression of fixedSet.variables) variables.add(expression);
  for (const { bar, terms, text } of randomSets) {
    const own = { ...scope, text };
    for (const expression of terms.variables) variables.add(expression, isAutoregressive(bar), own);
    for (const part of groupingParts(bar.group)) variables.add(part, true, own);
  }
  for (const { text, set } of auxiliarySets) {
    const own = { ...scope, text };
    for (const expression of [...set.variables, ...set.offsets]) variables.add(expression, false, own);
  }
  const hasWeights = addWeights(variables, options.weights, scope);
  const hasOffset = addOffset(variables, fixedSet.offsets, options.offset, scope);

  const wanted = subsetRows(options.subset, table);
  const complete = variables.completeRows(wanted);
  const rows = flagged(complete);
  const wantedCount = count(wanted);
  if (rows.length === 0) {
    throw new DataError(
      wantedCount === 0
        ? 'the subset leaves no rows; check its condition'
        : `every one of the ${wantedCount} rows has a missing value in a column the model uses; drop '${emptiestColumn(table, variables.columns())}' from the formula or fill it in`,
    );
  }

  const notes: string[] = [];
  const dropped = wantedCount - rows.length;
  if (dropped > 0 && options.naAction === 'fail') {
    const row = wanted.findIndex((flag, i) => flag === 1 && complete[i] === 0);
    const label = variables.missingIn(row)!;
    throw new DataError(`'${label}' is missing in row ${row + 1}${dropped === 1 ? '' : `, and ${dropped - 1} more row${dropped === 2 ? ' has' : 's have'} missing values`}; fill them in or leave those rows out (naAction 'omit')`, { column: label, row: row + 1 });
  }
  if (dropped > 0) notes.push(`${dropped} row${dropped === 1 ? '' : 's'} with missing values left out`);

  const weights = hasWeights ? variables.numbersOnRows(WEIGHTS, rows) : null;
  if (weights !== null) checkWeights(weights, rows, options.weights);
  const response = makeResponse({
    family: options.family,
    label: responseName,
    data: variables.onRows(split.response, rows),
    declaredLevels: variables.declaredLevels(split.response),
    isCbind: split.response.kind === 'call' && split.response.callee === 'cbind',
    cbindLabels: split.response.kind === 'call' ? split.response.args.map((arg) => deparse(arg.value)) : [],
    weights,
    zeroInflated: roles.includes('zi'),
    distribution: distributionOf(options.family, options.link, roles.includes('zi')),
    rows,
  });
  notes.push(...response.notes);

  const fixedData = fixedSet.variables.map((expression) => variables.onRows(expression, rows));
  notes.push(...unusedLevels(table, fixedSet.variables, fixedData), ...textOfNumbers(fixedSet.variables, fixedData, rows));
  const fixed = fixedMatrix(fixedSet, fixedData, contrastChooser(options.contrasts, fixedSet, fixedData), rows, 'fixed effects', response.categories !== undefined);
  notes.push(...fixed.notes);
  const { recipe, kept, droppedColumns } = fixed;
  // Without mass at zero the family sees the other rows alone.
  if (roles.includes('zi') && getFamily(options.family, options.link).invalid(0, 1) !== null) requireToldByPositive(fixed, response.response, responseName);

  const randomParts = randomSets.map((set) => randomTerm(set, variables, rows, table));
  const random = randomParts.map(({ term }) => term);
  for (const predictor of [undefined, 'zi'] as const) {
    const own = random.filter((term) => term.predictor === predictor);
    checkGroupings(own);
    notes.push(...containedEffects(own), ...constantEffects(own));
  }
  const auxiliary = roles.map((role): AuxiliaryFrame => {
    if (role === 'thresholds') return { predictor: thresholdPredictor(response.categories!, options.threshold), terms: null };
    if (role === 'dispersion' && options.dispersion !== undefined) return { predictor: knownDispersion(options.dispersion, rows.length, options.family), terms: null };
    const made = auxiliaryFrame(auxiliarySets.find((set) => set.role === role)!, variables, memory, rows);
    notes.push(...made.notes);
    return made;
  });
  return {
    formula: `${responseName} ~ ${deparse(parsed.predictors)}`,
    design: {
      nobs: rows.length,
      fixedNames: fixed.names,
      x: fixed.x,
      random,
      family: options.family,
      link: options.link,
      trials: response.trials,
      weights: response.weights,
      offset: hasOffset ? variables.numbersOnRows(OFFSET, rows) : null,
      auxiliary: auxiliary.map(({ predictor }) => predictor),
    },
    response: response.response,
    responseKind: response.kind,
    responseName,
    successLevel: response.successLevel,
    rows,
    droppedRows: dropped,
    places: options.naAction === 'exclude' ? { of: wantedCount, at: flagged(takeRows(complete, flagged(wanted))) } : null,
    excludedRows: table.nrow - wantedCount,
    droppedColumns,
    fixedTerms: { formula, recipe, kept, memory },
    randomTerms: randomParts.map(({ recipe }, t): RandomTerms => ({
      formula: randomSets[t]!.text, recipe, kept: recipe.names.map((_, j) => j), memory, grouping: groupingParts(randomSets[t]!.bar.group),
    })),
    offsetTerms: offsetTerms(fixedSet.offsets, options.offset, scope),
    auxiliaryTerms: Object.fromEntries(auxiliary.flatMap(({ predictor, terms }) => (terms === null ? [] : [[predictor.role, terms]]))),
    categories: response.categories ?? null,
    // Own properties whatever the names: a factor may be called `__proto__`.
    factors: Object.fromEntries(recipe.variables.flatMap((variable) => (variable.factor === null ? [] : [[variable.label, variable.factor.levels]]))),
    referenceValues: referenceValues(recipe, table, rows),
    notes,
  };
}

interface FixedMatrix extends Pick<FixedTerms, 'recipe' | 'kept'> {
  readonly names: string[];
  /** Rows × kept columns. */
  readonly x: Float64Array;
  readonly droppedColumns: string[];
  readonly notes: string[];
}

/**
 * The matrix of fixed terms without the columns that are combinations of earlier ones.
 * @param withoutIntercept the thresholds of a cumulative model take the place of the intercept, which stays in the coding of factors
 */
function fixedMatrix(
  set: TermSet, data: readonly VariableData[], contrasts: (label: string, ordered: boolean) => ContrastName, rows: Int32Array, what: string,
  withoutIntercept = false,
): FixedMatrix {
  const recipe = makeRecipe(withoutIntercept ? { ...set, intercept: true } : set, data, contrasts);
  const full = fillMatrix(recipe, data, rows.length);
  requireFinite(full, recipe.names, rows);
  const independent = independentColumns(full, rows.length, recipe.names.length);
  const kept = withoutIntercept ? independent.filter((j) => j > 0) : independent;
  const isKept = new Set(independent);
  const droppedColumns = recipe.names.filter((_, j) => !isKept.has(j));
  const notes: string[] = [];
  if (droppedColumns.length > 0) {
    notes.push(`${what} dropped because they are combinations of others: ${droppedColumns.slice(0, 20).join(', ')}${droppedColumns.length > 20 ? ', …' : ''}`);
  }
  return {
    recipe, kept, droppedColumns, notes, names: kept.map((j) => recipe.names[j]!),
    x: kept.length === recipe.names.length ? full : fillMatrix(recipe, data, rows.length, kept),
  };
}

/** Throws DataError where the rows of a hurdle model that are not zero leave a fixed effect undetermined. */
function requireToldByPositive({ names, x }: FixedMatrix, response: Float64Array, label: string): void {
  const p = names.length;
  const rows = [...response.keys()].filter((i) => response[i] !== 0);
  const told = new Set(independentColumns(Float64Array.from({ length: rows.length * p }, (_, at) => x[rows[Math.floor(at / p)]! * p + (at % p)]!), rows.length, p));
  const untold = names.filter((_, j) => !told.has(j));
  if (untold.length === 0) return;
  throw new DataError(`the rows in which response '${label}' is not zero do not tell the fixed effects ${untold.join(', ')}, and a hurdle model takes its mean from them alone; leave those terms out or join levels`, { column: label });
}

interface AuxiliaryFrame {
  readonly predictor: AuxiliaryPredictor;
  /** Null where the predictor has no formula. */
  readonly terms: FixedTerms | null;
}

function auxiliaryFrame(
  { role, what, text, set }: AuxiliaryTerms, variables: Variables, memory: Memory, rows: Int32Array,
): AuxiliaryFrame & { readonly notes: string[] } {
  const data = set.variables.map((expression) => variables.onRows(expression, rows));
  const { recipe, kept, names, x, notes } = fixedMatrix(set, data, (_, ordered) => (ordered ? 'poly' : 'treatment'), rows, `terms of the ${what}`);
  let offset: Float64Array | null = null;
  for (const expression of set.offsets) {
    const part = variables.onRows(expression, rows);
    if (part.kind !== 'numeric' || part.columns.length !== 1) throw new DataError(`the offset '${deparse(expression)}' of the ${what} is no column of numbers`, { column: deparse(expression) });
    const sum = (offset ??= new Float64Array(rows.length));
    for (let i = 0; i < rows.length; i++) sum[i]! += part.columns[0]![i]!;
  }
  return { predictor: { role, names, x, offset }, terms: { formula: text, recipe, kept, memory }, notes };
}

interface RandomSet {
  readonly bar: BarTerm;
  readonly terms: TermSet;
  /** Formula the term stands in. */
  readonly text: string;
  /** As `RandomTerm.predictor`. */
  readonly predictor: RandomTerm['predictor'];
}

function randomSetsOf(bars: readonly BarTerm[], text: string, predictor?: 'zi'): RandomSet[] {
  const sets = bars.flatMap((bar) => expandBar(bar, text).map((terms): RandomSet => ({ bar, terms, text, predictor })));
  checkOverlap(sets, text);
  return sets;
}

/** What `.` stands for: the columns that neither the response nor a random term uses. */
function dotColumns(table: Table, response: Expression, bars: readonly BarTerm[]): string[] {
  const used = new Set([response, ...bars.flatMap((bar) => [bar.effects, bar.group])].flatMap(inputs));
  return [...table.columns.keys()].filter((name) => !used.has(name));
}

/** The term of a bar, or with `||` one term per effect. */
function expandBar(bar: BarTerm, text: string): TermSet[] {
  const terms = expandTerms([{ sign: '+', value: bar.effects }], { text, dot: null, response: null });
  if (terms.offsets.length > 0) throw new FormulaError(`the random term at character ${bar.start + 1} holds an offset; put offset() into the fixed part`, text, bar.start);
  if (!terms.intercept && terms.terms.length === 0) {
    throw new FormulaError(`the random term at character ${bar.start + 1} has no effect; write (1 | ${deparse(bar.group)})`, text, bar.start);
  }
  if (isAutoregressive(bar) && (terms.intercept || terms.terms.length !== 1 || terms.terms[0]!.length !== 1)) {
    throw new FormulaError(`the ${bar.structure!} term at character ${bar.start + 1} needs one time and no intercept; write ${bar.structure!}(0 + time | ${deparse(bar.group)})`, text, bar.start);
  }
  if (!bar.uncorrelated) return [terms];
  const single = (term: readonly number[] | null): TermSet => ({
    intercept: term === null,
    variables: term === null ? [] : term.map((v) => terms.variables[v]!),
    terms: term === null ? [] : [term.map((_, i) => i)],
    offsets: [],
  });
  return [...(terms.intercept ? [single(null)] : []), ...terms.terms.map(single)];
}

/** Two terms of one factor that share an effect cannot be told apart by any data. */
function checkOverlap(sets: readonly RandomSet[], text: string): void {
  const seen = new Set<string>();
  for (const { bar, terms } of sets) {
    const group = groupingParts(bar.group).map(deparse).sort().join(':');
    const effects = terms.terms.map((term) => term.map((v) => deparse(terms.variables[v]!)).sort().join(':'));
    for (const effect of terms.intercept ? ['(Intercept)', ...effects] : effects) {
      const key = JSON.stringify([group, effect]);
      if (seen.has(key)) {
        throw new FormulaError(
          `random effect '${effect}' of '${deparse(bar.group)}' occurs in two terms, the second at character ${bar.start + 1}; write it once, e.g. (1 | g) + (0 + x | g)`, text, bar.start,
        );
      }
      seen.add(key);
    }
  }
}

const isAutoregressive = ({ structure }: BarTerm): boolean => structure === 'ar1' || structure === 'hetar1';

function randomTerm({ bar, terms, text, predictor }: RandomSet, variables: Variables, rows: Int32Array, table: Table): { readonly term: RandomTerm; readonly recipe: MatrixRecipe } {
  const group = deparse(bar.group);
  const parts = groupingParts(bar.group).map((part) => {
    const data = variables.onRows(part, rows, true);
    if (data.kind === 'factor') return data.column;
    throw new DataError(`'${deparse(part)}' is no grouping factor; use one column`, { column: deparse(part) });
  });
  const { index, levels } = crossFactors(parts);
  if (levels.length < 2) {
    throw new DataError(`grouping factor '${group}' has only one level ('${levels[0]!}') in the rows used; a random effect needs two or more`, { column: group });
  }
  const data = terms.variables.map((expression) => (isAutoregressive(bar) ? times(expression, variables, rows, table) : variables.onRows(expression, rows)));
  const recipe = makeRecipe(terms, data, (_, ordered) => (ordered ? 'poly' : 'treatment'));
  const z = fillMatrix(recipe, data, rows.length);
  requireFinite(z, recipe.names, rows);
  const covariance = bar.structure ?? 'unstructured';
  if (hasCommonCorrelation(covariance) && recipe.names.length < 2) {
    throw new FormulaError(`the ${covariance} term at character ${bar.start + 1} has one effect only ('${recipe.names[0]!}'), and a correlation needs two; write (${deparse(bar.effects)} | ${group})`, text, bar.start);
  }
  const names = predictor === undefined ? recipe.names : recipe.names.map((name) => `${predictor}.${name}`);
  return { term: { group, levels, index, names, z, covariance, ...(predictor === undefined ? {} : { predictor }) }, recipe };
}

/** The variable of an autoregressive term as a factor of its times. */
function times(expression: Expression, variables: Variables, rows: Int32Array, table: Table): VariableData {
  const data = variables.onRows(expression, rows, true);
  const label = deparse(expression);
  if (data.kind !== 'factor') throw new DataError(`'${label}' is no time for ar1; use one column`, { column: label });
  return { kind: 'factor', column: timeFactor(data.column, label, unusedLevels(table, [expression], [data]).length > 0) };
}

/** Products of finite values can still overflow. */
function requireFinite(matrix: Float64Array, names: readonly string[], rows: Int32Array): void {
  const at = matrix.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = rows[Math.floor(at / names.length)]! + 1;
  const name = names[at % names.length]!;
  throw new DataError(`'${name}' is too large in row ${row}; rescale the columns it is made of`, { column: name, row });
}

function contrastChooser(
  contrasts: FrameOptions['contrasts'], set: TermSet, data: readonly VariableData[],
): (label: string, ordered: boolean) => ContrastName {
  const chosen = new Map<string, ContrastName>();
  const factors = set.variables.flatMap((expression, v) => (data[v]!.kind === 'factor' ? [expression] : []));
  for (const [name, given] of Object.entries(contrasts ?? {})) {
    const factor = factors.find((expression) => deparse(expression) === name || (expression.kind === 'name' && expression.name === name));
    if (factor === undefined) {
      const isNumeric = set.variables.some((expression) => deparse(expression) === name || (expression.kind === 'name' && expression.name === name));
      throw new OptionError(
        isNumeric
          ? `contrasts name '${name}', which holds numbers; type it factor (types, --types ${name}=factor)`
          : `contrasts name '${name}', which is no factor of the fixed effects${closestName(name, factors.map(deparse))}`,
      );
    }
    chosen.set(deparse(factor), resolveContrast(name, given));
  }
  return (label, ordered) => chosen.get(label) ?? (ordered ? 'poly' : 'treatment');
}

function addWeights(variables: Variables, weights: FrameOptions['weights'], scope: Scope): boolean {
  if (weights === undefined) return false;
  variables.addNumbers(WEIGHTS, typeof weights === 'string' ? evaluateOption(variables, weights, 'weights', scope) : optionNumbers(weights, scope.table, 'weights'));
  return true;
}

function checkWeights(weights: Float64Array, rows: Int32Array, option: FrameOptions['weights']): void {
  const where = typeof option === 'string' ? { column: option } : {};
  const negative = weights.findIndex((weight) => weight < 0);
  if (negative >= 0) {
    const row = rows[negative]! + 1;
    throw new DataError(`the weight${typeof option === 'string' ? ` '${option}'` : ''} is ${weights[negative]!} in row ${row}; weights are not negative`, { ...where, row });
  }
  if (weights.every((weight) => weight === 0)) throw new DataError('the weights are zero in every row used; give positive weights', where);
}

/** The sum of the formula's offsets and of the option; returns whether there is any. */
function addOffset(variables: Variables, offsets: readonly Expression[], option: FrameOptions['offset'], scope: Scope): boolean {
  const { nrow } = scope.table;
  const parts = offsets.map((expression) => {
    // As a variable of its own an offset is checked for infinite and undefined values under its own name.
    variables.add(expression);
    return vector(evaluate(expression, scope), expression, nrow);
  });
  if (option !== undefined) parts.push(typeof option === 'string' ? evaluateOption(variables, option, 'offset', scope) : optionNumbers(option, scope.table, 'offset'));
  if (parts.length === 0) return false;
  const total = new Float64Array(nrow);
  for (const part of parts) for (let i = 0; i < nrow; i++) total[i]! += part[i]!;
  variables.addNumbers(OFFSET, total);
  return true;
}

function offsetTerms(offsets: readonly Expression[], option: FrameOptions['offset'], { table, text, memory }: Scope): OffsetTerms {
  const own = { expressions: [...offsets], texts: offsets.map(() => text), memory, numbers: option !== undefined };
  if (typeof option !== 'string') return own;
  return { ...own, expressions: [...offsets, optionExpression(option, table, 'offset')], texts: [...own.texts, option], numbers: false };
}

/** A column of that name, else an expression over columns. */
function optionExpression(text: string, table: Table, what: string): Expression {
  return table.columns.has(text) ? { kind: 'name', name: text, start: 0, end: text.length } : parseExpression(text, `the ${what}`);
}

/** The numbers of a column of that name, else of an expression over columns; either becomes a variable of the model. */
function evaluateOption(variables: Variables, text: string, what: string, scope: Scope): Float64Array {
  const own = { ...scope, text };
  const expression = optionExpression(text, scope.table, what);
  const values = vector(evaluate(expression, own), expression, scope.table.nrow);
  variables.add(expression);
  return values;
}

function optionNumbers(values: ArrayLike<number>, table: Table, what: string): Float64Array {
  if (typeof values !== 'object' || values === null || typeof values.length !== 'number') throw new OptionError(`${what} must be a column name or an array of numbers`);
  if (values.length !== table.nrow) throw new OptionError(`${what} has ${values.length} numbers, the data have ${table.nrow} rows; give one number per row`);
  return Float64Array.from(values, (value, i) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new DataError(`${what} is ${String(value)} in row ${i + 1}; give finite numbers`, { row: i + 1 });
    return value;
  });
}

/** Levels of the table's own factors that no used row holds, where the table declares them. */
function unusedLevels(table: Table, expressions: readonly Expression[], data: readonly VariableData[]): string[] {
  return expressions.flatMap((expression, v) => {
    const found = data[v]!;
    const column = expression.kind === 'name' ? table.columns.get(expression.name) : undefined;
    if (found.kind !== 'factor' || column?.kind !== 'factor' || column.source !== 'factor') return [];
    const used = new Set(found.column.levels);
    const unused = column.levels.filter((level) => !used.has(level));
    return unused.length === 0 ? [] : [`levels of '${deparse(expression)}' that no row uses left out: ${unused.slice(0, 10).join(', ')}${unused.length > 10 ? ', …' : ''}`];
  });
}

function emptiestColumn(table: Table, names: readonly string[]): string {
  let worst = { name: '', missing: -1 };
  for (const name of names) {
    const column = table.columns.get(name);
    if (column === undefined) continue;
    const missing = column.kind === 'numeric' ? column.values.filter((v) => v !== v).length : column.codes.filter((code) => code < 0).length;
    if (missing > worst.missing) worst = { name, missing };
  }
  return worst.name;
}

function count(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}

function flagged(flags: Uint8Array): Int32Array {
  const rows = new Int32Array(count(flags));
  let next = 0;
  flags.forEach((flag, i) => {
    if (flag === 1) rows[next++] = i;
  });
  return rows;
}
