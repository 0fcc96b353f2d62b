/** What a parsed formula or expression is: plain data (structured-cloneable), with the place of each part in the text. */

interface Span {
  /** 0-based characters [start, end) of the text. */
  readonly start: number;
  readonly end: number;
}

export interface Argument {
  /** Name before `=`, as in `raw = TRUE`. */
  readonly name: string | null;
  readonly value: Expression;
}

export type BinaryOperator = '*' | '/' | ':' | '^' | '%in%' | '%%' | '%/%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&' | '&&' | '|' | '||';

export type Expression =
  | ({ readonly kind: 'number'; readonly value: number } & Span)
  | ({ readonly kind: 'string'; readonly value: string } & Span)
  /** `TRUE`, `FALSE`, and `NA` as null. */
  | ({ readonly kind: 'logical'; readonly value: boolean | null } & Span)
  | ({ readonly kind: 'name'; readonly name: string } & Span)
  | ({ readonly kind: 'call'; readonly callee: string; readonly args: readonly Argument[] } & Span)
  | ({ readonly kind: 'negate' | 'plus' | 'not'; readonly operand: Expression } & Span)
  | ({ readonly kind: 'paren'; readonly inner: Expression } & Span)
  /** Two or more summands in one node, however many: long formulas make flat trees. The first sign is always `+`. */
  | ({ readonly kind: 'sum'; readonly items: readonly Summand[] } & Span)
  | ({ readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression } & Span);

export interface Summand {
  readonly sign: '+' | '-';
  readonly value: Expression;
}

/** `response ~ predictors`. */
export interface ParsedFormula {
  readonly text: string;
  readonly response: Expression;
  readonly predictors: Expression;
}
