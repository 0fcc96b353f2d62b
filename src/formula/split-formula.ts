/** Takes a formula apart into its response, its fixed part and its random-effects terms, with lme4's shorthands written out. */
import { FormulaError } from '../errors.js';
import type { CovarianceStructure } from '../model/covariance-structure.js';
import { STRUCTURE_FUNCTIONS } from './covariance-pattern.js';
import { deparse } from './deparse.js';
import type { Expression, ParsedFormula, Summand } from './expression.js';

/** One term `(effects | group)` with a single grouping factor. */
export interface BarTerm {
  readonly effects: Expression;
  readonly group: Expression;
  /** Whether `||` was written: the effects are to become separate, uncorrelated terms. */
  readonly uncorrelated: boolean;
  /** Structure of the covariance as written, `cs(x | group)`; null where none is. */
  readonly structure: CovarianceStructure | null;
  /** Place of the term in the formula. */
  readonly start: number;
}

/** The right side of a formula. */
export interface Predictors {
  /** The fixed part, offsets included. */
  readonly fixed: readonly Summand[];
  /** Random terms in formula order; `(1 | a/b)` has become `(1 | b:a)` and `(1 | a)`. */
  readonly bars: readonly BarTerm[];
}

export interface SplitFormula extends Predictors {
  readonly response: Expression;
}

/** Throws FormulaError when there is no random term or a random term stands where none can. */
export function splitFormula(formula: ParsedFormula): SplitFormula {
  const { text, response, predictors } = formula;
  const { fixed, bars } = splitPredictors(predictors, text);
  if (bars.length === 0) {
    throw new FormulaError('the formula has no random-effects term; add one such as (1 | group)', text, predictors.end);
  }
  return { response, fixed, bars };
}

/** The fixed part and the random terms of the right side of a formula. */
export function splitPredictors(predictors: Expression, text: string): Predictors {
  const fixed: Summand[] = [];
  const bars: BarTerm[] = [];
  collect({ sign: '+', value: predictors }, fixed, bars, text);
  return { fixed, bars };
}

function collect(item: Summand, fixed: Summand[], bars: BarTerm[], text: string): void {
  const { sign, value } = item;
  if (value.kind === 'sum' && containsBar(value)) {
    for (const inner of value.items) collect({ sign: flip(sign, inner.sign), value: inner.value }, fixed, bars, text);
    return;
  }
  if (value.kind === 'plus' && containsBar(value)) {
    collect({ sign, value: value.operand }, fixed, bars, text);
    return;
  }
  const structure = value.kind === 'call' ? STRUCTURE_FUNCTIONS.get(value.callee) : undefined;
  if ((value.kind === 'paren' || structure !== undefined) && containsBar(value)) {
    const inner = structure === undefined ? peel(value) : structuredBar(value as Call, text);
    if (!isBar(inner)) {
      collect({ sign, value: inner }, fixed, bars, text);
      return;
    }
    if (sign === '-') {
      throw new FormulaError(`the random term ${deparse(value)} at character ${value.start + 1} is subtracted; random terms can only be added`, text, value.start);
    }
    if (containsBar(inner.left) || containsBar(inner.right)) {
      throw new FormulaError(`the random term at character ${value.start + 1} holds a second '|'; write one term per grouping factor, (1 | a) + (1 | b)`, text, value.start);
    }
    for (const group of expandGroup(inner.right, text)) {
      bars.push({ effects: inner.left, group, uncorrelated: inner.operator === '||', structure: structure ?? null, start: value.start });
    }
    return;
  }
  if (containsBar(value)) {
    const place = firstBar(value);
    throw new FormulaError(
      isBar(value)
        ? `the random term at character ${value.start + 1} needs parentheses; write (${deparse(value)})`
        : `the random term at character ${place + 1} is part of another term; random terms can only be added`,
      text, place,
    );
  }
  fixed.push(item);
}

type Call = Extract<Expression, { kind: 'call' }>;

/** The bar of `cs(0 + f | g)`. */
function structuredBar({ callee, args, start }: Call, text: string): Bar {
  const inner = args.length === 1 && args[0]!.name === null ? peel(args[0]!.value) : undefined;
  if (inner === undefined || !isBar(inner)) {
    throw new FormulaError(`${callee}() at character ${start + 1} takes one random term; write ${callee}(0 + f | g)`, text, start);
  }
  if (inner.operator === '||') throw new FormulaError(`${callee}() at character ${start + 1} says the structure already; write | in place of ||`, text, start);
  return inner;
}

type Bar = Extract<Expression, { kind: 'binary' }> & { readonly operator: '|' | '||' };

function isBar(node: Expression): node is Bar {
  return node.kind === 'binary' && (node.operator === '|' || node.operator === '||');
}

function peel(node: Expression): Expression {
  return node.kind === 'paren' ? peel(node.inner) : node;
}

function flip(outer: '+' | '-', inner: '+' | '-'): '+' | '-' {
  return outer === inner ? '+' : '-';
}

/** Whether a random term occurs: a bar outside function calls (inside them it is the logical "or"), or a structure around one. */
function containsBar(node: Expression): boolean {
  return firstBar(node) >= 0;
}

/** Position of the first such bar or structure, −1 without one. */
function firstBar(node: Expression): number {
  switch (node.kind) {
    case 'sum': {
      for (const item of node.items) {
        const place = firstBar(item.value);
        if (place >= 0) return place;
      }
      return -1;
    }
    case 'call': return STRUCTURE_FUNCTIONS.has(node.callee) ? node.start : -1;
    case 'paren': return firstBar(node.inner);
    case 'negate': case 'plus': case 'not': return firstBar(node.operand);
    case 'binary': {
      if (isBar(node)) return node.start;
      const left = firstBar(node.left);
      return left >= 0 ? left : firstBar(node.right);
    }
    default: return -1;
  }
}

/** `a/b/c` → `c:(b:a)`, `b:a`, `a`, as lme4 writes and orders them; everything else is one grouping factor. */
function expandGroup(node: Expression, text: string): Expression[] {
  const bare = peel(node);
  if (bare.kind !== 'binary' || bare.operator !== '/') {
    checkGroup(bare, text);
    return [bare];
  }
  const outer = expandGroup(bare.left, text);
  const inner = peel(bare.right);
  checkGroup(inner, text);
  const finest = outer[0]!;
  const right: Expression = finest.kind === 'binary' ? { kind: 'paren', inner: finest, start: finest.start, end: finest.end } : finest;
  return [{ kind: 'binary', operator: ':', left: inner, right, start: bare.start, end: bare.end }, ...outer];
}

/** A grouping factor is a column, a call such as `factor(x)`, or several of them joined by `:`. */
function checkGroup(node: Expression, text: string): void {
  switch (node.kind) {
    case 'name': case 'call': return;
    case 'paren':
      checkGroup(node.inner, text);
      return;
    case 'binary':
      if (node.operator === ':') {
        checkGroup(node.left, text);
        checkGroup(node.right, text);
        return;
      }
  }
  throw new FormulaError(
    `'${deparse(node)}' at character ${node.start + 1} is no grouping factor; use a column, a:b or a/b, and one term per factor`, text, node.start,
  );
}
