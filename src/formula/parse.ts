/** Text to expression trees, with R's operators and precedence. Knows nothing of what names mean. */
import { FormulaError, OptionError } from '../errors.js';
import type { Argument, BinaryOperator, Expression, ParsedFormula, Summand } from './expression.js';
import { type Token, tokenize } from './tokens.js';

/** Longest formula or expression in characters: a thousand times a long one, and still read in milliseconds. */
export const MAX_FORMULA_LENGTH = 100_000;

/** Deepest nesting of parentheses and operators (a sum of any length counts once): far inside the call stack of every engine. */
export const MAX_FORMULA_DEPTH = 200;

/** Reads `response ~ predictors`. Throws FormulaError with the position of the fault. */
export function parseFormula(text: string): ParsedFormula {
  if (typeof text !== 'string') throw new OptionError(`the formula must be text such as 'y ~ x + (1 | g)', not ${String(text)}`);
  const parser = new Parser(text, 'the formula');
  if (parser.takeOperator('~') !== undefined) throw new FormulaError("the formula has no response; write one before '~'", text, 0);
  const response = parser.expression();
  if (parser.takeOperator('~') === undefined) {
    const token = parser.peek();
    if (token.kind !== 'end') throw parser.unexpected(token);
    throw new FormulaError("the formula has no '~'; write response ~ predictors + (1 | group)", text, text.length);
  }
  const predictors = parser.expression();
  parser.expectEnd();
  return { text, response, predictors };
}

/** Reads a one-sided formula such as `~ x + z`; the `~` may be left out. `noun` names it in messages. */
export function parsePredictors(text: string, noun: string): Expression {
  const parser = new Parser(text, noun);
  parser.takeOperator('~');
  const predictors = parser.expression();
  parser.expectEnd();
  return predictors;
}

/** Reads an expression such as a subset condition or an offset; `noun` names it in messages (`the subset`). */
export function parseExpression(text: string, noun: string): Expression {
  const parser = new Parser(text, noun);
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

/** Left-associative operators from loose to tight, apart from `+ -` (flat sums), comparisons and the prefix operators. */
type Level = (depth: number) => Expression;

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** What helps where a certain token stands in the wrong place. */
const REMEDIES: Readonly<Partial<Record<string, string>>> = { ')': 'check the parentheses', '~': "a formula has one '~'", '=': "write '==' to compare" };

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #noun: string;
  #next = 0;

  constructor(text: string, noun: string) {
    this.#noun = noun;
    if (text.length > MAX_FORMULA_LENGTH) {
      throw new FormulaError(
        `${noun} has ${text.length} characters, the most is ${MAX_FORMULA_LENGTH}; shorten it`, text, MAX_FORMULA_LENGTH,
      );
    }
    this.#text = text;
    this.#tokens = tokenize(text, noun);
    if (this.#tokens.length === 1) throw new FormulaError(`${noun} is empty; ${noun === 'the formula' ? 'write response ~ predictors + (1 | group)' : 'leave it out or write an expression over columns'}`, text, 0);
  }

  peek(): Token {
    return this.#tokens[this.#next]!;
  }

  takeOperator(...texts: readonly string[]): Token | undefined {
    const token = this.peek();
    if (token.kind !== 'operator' || !texts.includes(token.text)) return undefined;
    this.#next++;
    return token;
  }

  expectEnd(): void {
    const token = this.peek();
    if (token.kind !== 'end') throw this.unexpected(token);
  }

  unexpected(token: Token): FormulaError {
    if (token.kind === 'end') {
      return new FormulaError(`${this.#noun} ends too early, at character ${token.start + 1}; an operand is missing`, this.#text, token.start);
    }
    const shown = this.#text.slice(token.start, Math.min(token.end, token.start + 40));
    const remedy = REMEDIES[token.text] ?? 'an operator or operand is missing or misplaced';
    return new FormulaError(`unexpected '${shown}' at character ${token.start + 1} of ${this.#noun}; ${remedy}`, this.#text, token.start);
  }

  expression(depth = 0): Expression {
    return this.#leftAssociative(['|', '||'], this.#and, depth);
  }

  readonly #and: Level = (depth) => this.#leftAssociative(['&', '&&'], this.#not, depth);

  readonly #not: Level = (depth) => {
    this.#checkDepth(depth);
    const bang = this.takeOperator('!');
    if (bang === undefined) return this.#comparison(depth);
    const operand = this.#not(depth + 1);
    return { kind: 'not', operand, start: bang.start, end: operand.end };
  };

  #comparison(depth: number): Expression {
    const left = this.#sum(depth);
    const operator = this.takeOperator(...COMPARISONS);
    if (operator === undefined) return left;
    const right = this.#sum(depth + 1);
    const second = this.peek();
    if (second.kind === 'operator' && COMPARISONS.includes(second.text)) throw this.unexpected(second);
    return { kind: 'binary', operator: operator.text as BinaryOperator, left, right, start: left.start, end: right.end };
  }

  #sum(depth: number): Expression {
    const first = this.#product(depth);
    const items: Summand[] = [{ sign: '+', value: first }];
    for (let operator = this.takeOperator('+', '-'); operator !== undefined; operator = this.takeOperator('+', '-')) {
      items.push({ sign: operator.text as '+' | '-', value: this.#product(depth + 1) });
    }
    return items.length === 1 ? first : { kind: 'sum', items, start: first.start, end: items.at(-1)!.value.end };
  }

  readonly #product: Level = (depth) => this.#leftAssociative(['*', '/'], this.#special, depth);

  readonly #special: Level = (depth) => this.#leftAssociative(['%in%', '%%', '%/%'], this.#interaction, depth);

  readonly #interaction: Level = (depth) => this.#leftAssociative([':'], this.#prefix, depth);

  readonly #prefix: Level = (depth) => {
    this.#checkDepth(depth);
    const sign = this.takeOperator('-', '+');
    if (sign === undefined) return this.#power(depth);
    const operand = this.#prefix(depth + 1);
    return { kind: sign.text === '-' ? 'negate' : 'plus', operand, start: sign.start, end: operand.end };
  };

  #power(depth: number): Expression {
    const left = this.#primary(depth);
    if (this.takeOperator('^') === undefined) return left;
    // The exponent may carry a sign and associates to the right.
    const right = this.#prefix(depth + 1);
    return { kind: 'binary', operator: '^', left, right, start: left.start, end: right.end };
  }

  #leftAssociative(operators: readonly string[], operand: Level, depth: number): Expression {
    let left = operand(depth);
    let chain = depth;
    for (let operator = this.takeOperator(...operators); operator !== undefined; operator = this.takeOperator(...operators)) {
      // Each link of the chain is one level of the tree.
      this.#checkDepth(++chain);
      const right = operand(depth + 1);
      left = { kind: 'binary', operator: operator.text as BinaryOperator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #primary(depth: number): Expression {
    this.#checkDepth(depth);
    const token = this.peek();
    const { start, end } = token;
    switch (token.kind) {
      case 'number':
        this.#next++;
        return { kind: 'number', value: token.value, start, end };
      case 'string':
        this.#next++;
        return { kind: 'string', value: token.text, start, end };
      case 'name':
        this.#next++;
        return this.#nameOrCall(token, depth);
      case 'operator': {
        if (this.takeOperator('(') === undefined) throw this.unexpected(token);
        const inner = this.expression(depth + 1);
        const close = this.#close(token);
        return { kind: 'paren', inner, start, end: close.end };
      }
      case 'end':
        throw this.unexpected(token);
    }
  }

  #nameOrCall(token: Token, depth: number): Expression {
    const { start, end, text } = token;
    const open = this.takeOperator('(');
    if (open !== undefined) {
      const args = this.#arguments(depth);
      return { kind: 'call', callee: text, args, start, end: this.#close(open).end };
    }
    if (!token.quoted) {
      switch (text) {
        case 'TRUE': return { kind: 'logical', value: true, start, end };
        case 'FALSE': return { kind: 'logical', value: false, start, end };
        case 'NA': return { kind: 'logical', value: null, start, end };
        case 'Inf': return { kind: 'number', value: Infinity, start, end };
      }
    }
    return { kind: 'name', name: text, start, end };
  }

  #arguments(depth: number): Argument[] {
    const args: Argument[] = [];
    if (this.peek().text === ')' && this.peek().kind === 'operator') return args;
    do {
      const token = this.peek();
      const equals = this.#tokens[this.#next + 1];
      let name: string | null = null;
      if (token.kind === 'name' && equals?.kind === 'operator' && equals.text === '=') {
        name = token.text;
        this.#next += 2;
      }
      args.push({ name, value: this.expression(depth + 1) });
    } while (this.takeOperator(',') !== undefined);
    return args;
  }

  #close(open: Token): Token {
    const close = this.takeOperator(')');
    if (close !== undefined) return close;
    const token = this.peek();
    if (token.kind !== 'end') throw this.unexpected(token);
    throw new FormulaError(`the parenthesis at character ${open.start + 1} of ${this.#noun} is not closed; add ')'`, this.#text, open.start);
  }

  #checkDepth(depth: number): void {
    if (depth <= MAX_FORMULA_DEPTH) return;
    const position = this.peek().start;
    throw new FormulaError(
      `${this.#noun} is nested more than ${MAX_FORMULA_DEPTH} levels deep at character ${position + 1}; remove parentheses or write it as a sum`, this.#text, position,
    );
  }
}
