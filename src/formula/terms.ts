/**
 * The algebra of model formulas: which products of variables the operators `+ : * ^ %in% / -` stand for, in which order, and how each
 * factor is coded. Follows the definition of Chambers & Hastie, Statistical Models in S (1992), ch. 2, as R's `terms` does.
 */
import { FormulaError } from '../errors.js';
import { deparse } from './deparse.js';
import type { Expression, Summand } from './expression.js';

/** Most terms a formula may stand for; `(a + b + …)^k` grows fast. */
const MAX_TERMS = 10_000;

export interface TermSet {
  readonly intercept: boolean;
  /** Distinct variables in order of appearance; offsets are not among them. */
  readonly variables: readonly Expression[];
  /** Terms as increasing lists of variable numbers, by degree and within a degree in order of appearance. */
  readonly terms: readonly (readonly number[])[];
  readonly offsets: readonly Expression[];
}

export interface ExpandOptions {
  /** Text of the formula, for error messages. */
  readonly text: string;
  /** What `.` stands for: names of columns; null where it has no meaning. */
  readonly dot: readonly string[] | null;
  /** Deparsed response: a predictor that equals it is left out, as R does. */
  readonly response: string | null;
}

/** Expands a sum of formula parts. Throws FormulaError for what has no meaning in a formula. */
export function expandTerms(items: readonly Summand[], options: ExpandOptions): TermSet {
  const expander = new Expander(options);
  const all = expander.sum(items, true);
  const dropped = new Set(expander.offsetVariables);
  const responseVariable = options.response === null ? undefined : expander.variableNumber(options.response);
  const kept: Term[] = [];
  for (const term of all.values()) {
    if (term.some((v) => dropped.has(v)) || (term.length === 1 && term[0] === responseVariable)) continue;
    kept.push(term);
  }
  // Variables that no term uses are forgotten, so that they neither need data nor cost rows.
  const used = new Set(kept.flat());
  const renumber = new Map<number, number>();
  const variables = expander.variables.filter((_, v) => {
    if (used.has(v)) renumber.set(v, renumber.size);
    return used.has(v);
  });
  const terms = kept.map((term) => term.map((v) => renumber.get(v)!));
  terms.sort((a, b) => a.length - b.length);
  return { intercept: expander.intercept, variables, terms, offsets: expander.offsets };
}

type Term = readonly number[];
/** Distinct terms by key, in order. */
type Terms = Map<string, Term>;

class Expander {
  readonly variables: Expression[] = [];
  readonly offsets: Expression[] = [];
  readonly offsetVariables: number[] = [];
  intercept = true;
  readonly #numbers = new Map<string, number>();
  readonly #options: ExpandOptions;

  constructor(options: ExpandOptions) {
    this.#options = options;
  }

  variableNumber(label: string): number | undefined {
    return this.#numbers.get(label);
  }

  sum(items: readonly Summand[], parity: boolean): Terms {
    const result: Terms = new Map();
    for (const { sign, value } of items) {
      if (sign === '+') for (const [key, term] of this.#expand(value, parity)) result.set(key, result.get(key) ?? term);
      else for (const key of this.#expand(value, !parity).keys()) result.delete(key);
      if (result.size > MAX_TERMS) throw this.#tooMany(value);
    }
    return result;
  }

  /** `parity` is false within something subtracted, where `1` removes the intercept and `0` brings it back. */
  #expand(node: Expression, parity: boolean): Terms {
    switch (node.kind) {
      case 'number':
        if (node.value !== 0 && node.value !== 1) {
          throw this.#error(node, `the number ${deparse(node)} has no meaning there; use 0 or 1 for the intercept, I() for arithmetic`);
        }
        this.intercept = (node.value === 1) === parity;
        return new Map();
      case 'string': case 'logical':
        throw this.#error(node, `${deparse(node)} is no predictor; use a column`);
      case 'name':
        return node.name === '.' ? this.#dot(node) : this.#variable(node);
      case 'call': return this.#variable(node, parity);
      case 'not': return this.#variable(node);
      case 'paren': return this.#expand(node.inner, parity);
      case 'plus': return this.#expand(node.operand, parity);
      case 'negate':
        this.#expand(node.operand, !parity);
        return new Map();
      case 'sum': return this.sum(node.items, parity);
      case 'binary': return this.#binary(node, parity);
      default: return node satisfies never;
    }
  }

  #binary(node: Extract<Expression, { kind: 'binary' }>, parity: boolean): Terms {
    switch (node.operator) {
      case ':': return this.#product(node, this.#operand(node.left, node.operator, parity), this.#operand(node.right, node.operator, parity));
      case '*': {
        const left = this.#operand(node.left, node.operator, parity);
        const right = this.#operand(node.right, node.operator, parity);
        return new Map([...left, ...right, ...this.#product(node, left, right)]);
      }
      case '^': {
        const power = node.right.kind === 'number' ? node.right.value : NaN;
        if (!Number.isInteger(power) || power < 1) {
          throw this.#error(node.right, `'^' needs a whole number from 1 on its right; use I(${deparse(node)}) for arithmetic`);
        }
        const base = this.#expand(node.left, parity);
        let result = base;
        for (let k = 1; k < power; k++) {
          const next = this.#product(node, result, base);
          // Once a power adds nothing the higher ones add nothing either.
          if (next.size === result.size) break;
          result = next;
        }
        return result;
      }
      case '%in%':
      case '/': {
        const left = this.#operand(node.left, node.operator, parity);
        const right = this.#operand(node.right, node.operator, parity);
        const enclosing = [...(node.operator === '/' ? left : right).values()].flat();
        const whole: Terms = new Map();
        add(whole, enclosing);
        return node.operator === '/'
          ? new Map([...left, ...this.#product(node, whole, right)])
          : this.#product(node, left, whole);
      }
      case '|': case '||':
        throw this.#error(node, "'|' has no meaning there; use I() for logical conditions");
      default: return this.#variable(node);
    }
  }

  /** R lets `1 * x` stand for nothing at all, x included; that is never meant. */
  #operand(node: Expression, operator: string, parity: boolean): Terms {
    const terms = this.#expand(node, parity);
    if (terms.size === 0) throw this.#error(node, `'${deparse(node)}' stands for no term that '${operator}' could combine; use + for the intercept`);
    return terms;
  }

  #product(node: Expression, left: Terms, right: Terms): Terms {
    if (left.size * right.size > 25 * MAX_TERMS) throw this.#tooMany(node);
    const result: Terms = new Map();
    for (const a of left.values()) for (const b of right.values()) add(result, [...a, ...b]);
    if (result.size > MAX_TERMS) throw this.#tooMany(node);
    return result;
  }

  #variable(node: Expression, parity = true): Terms {
    const label = deparse(node);
    let number = this.#numbers.get(label);
    if (number === undefined) {
      number = this.variables.push(node) - 1;
      this.#numbers.set(label, number);
      if (node.kind === 'call' && node.callee === 'offset') {
        const argument = node.args[0]?.value;
        if (argument === undefined || node.args.length !== 1) throw this.#error(node, 'offset() takes one expression');
        if (!parity) throw this.#error(node, 'an offset cannot be subtracted; change its sign inside');
        this.offsetVariables.push(number);
        this.offsets.push(argument);
      }
    }
    const result: Terms = new Map();
    add(result, [number]);
    return result;
  }

  #dot(node: Expression): Terms {
    const { dot } = this.#options;
    if (dot === null) throw this.#error(node, "'.' has a meaning in the fixed part only; name the columns");
    const result: Terms = new Map();
    for (const name of dot) for (const [key, term] of this.#variable({ kind: 'name', name, start: node.start, end: node.end })) result.set(key, term);
    return result;
  }

  #tooMany(node: Expression): FormulaError {
    return this.#error(node, `the formula stands for more than ${MAX_TERMS} terms; use a lower power or fewer '*'`);
  }

  #error(node: Expression, message: string): FormulaError {
    return new FormulaError(`at character ${node.start + 1} of the formula: ${message}`, this.#options.text, node.start);
  }
}

function add(terms: Terms, variables: readonly number[]): void {
  const sorted = [...new Set(variables)].sort((a, b) => a - b);
  const key = sorted.join(',');
  if (!terms.has(key)) terms.set(key, sorted);
}

/**
 * How each factor of each term is coded: true for one column per level, false for contrasts. A factor gets contrasts where the term
 * without it is contained in the model's earlier terms (or is the intercept); without an intercept the first factor gets all its levels.
 * `isFactor[v]` tells which variables are factors; the result runs along `terms`, and within a term along its variables.
 */
export function codingPattern(terms: readonly (readonly number[])[], isFactor: readonly boolean[], intercept: boolean): boolean[][] {
  const termsWith = new Map<number, number[]>();
  const sets = terms.map((term) => new Set(term));
  const pattern = terms.map((term, t) => {
    const row = term.map((variable) => {
      if (!isFactor[variable]) return false;
      const margin = term.filter((other) => other !== variable);
      if (margin.length === 0) return false;
      return !(termsWith.get(margin[0]!) ?? []).some((earlier) => margin.every((v) => sets[earlier]!.has(v)));
    });
    for (const variable of term) {
      const list = termsWith.get(variable);
      if (list === undefined) termsWith.set(variable, [t]);
      else list.push(t);
    }
    return row;
  });
  if (!intercept) {
    for (const [t, term] of terms.entries()) {
      const first = term.findIndex((variable) => isFactor[variable]);
      if (first >= 0) {
        pattern[t]![first] = true;
        break;
      }
    }
  }
  return pattern;
}
