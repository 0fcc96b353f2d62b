/**
 * What the formula side hands to the fitting side: the Design (numbers), the response, and everything needed to print the model and to
 * rebuild its matrices on new data.
 */
import type { Design, FamilyName, LinkName } from '../model/design.js';
import type { Memory } from './evaluate.js';
import type { Expression } from './expression.js';
import type { FixedTerms } from './model-matrix.js';
import type { ReferenceValue } from './reference-values.js';

/** Coding of a factor: `treatment` (R's default), `sum`, `helmert`, `poly` (R's default for ordered factors), `dummy` (one column per level). */
export type ContrastName = 'treatment' | 'sum' | 'helmert' | 'poly' | 'dummy';

/** What a model frame needs besides formula and table. */
export interface FrameOptions {
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Column (or expression) of prior weights, or one number per row of the table; binomial sizes for a 0/1 or proportion response when whole, as in R. */
  readonly weights?: string | ArrayLike<number>;
  /** Column name of an offset, an R-style expression such as `log(size)`, or n numbers; added to `offset()` terms of the formula. */
  readonly offset?: string | ArrayLike<number>;
  /** R-style logical expression over columns (`period != 4 & size > 3`), one flag per row, or 0-based row numbers to keep; rows stay in table order. */
  readonly subset?: string | readonly boolean[] | readonly number[];
  /** Contrasts of the fixed effects by factor; otherwise `treatment` for factors and `poly` for ordered ones. */
  readonly contrasts?: Readonly<Record<string, ContrastName>>;
  /** Model of the logarithm of the dispersion parameter, e.g. `~ x`; default `~ 1`. Families that have one. */
  readonly dispformula?: string;
  /** A dispersion parameter that is known and not estimated: θ of nbinom2, φ of Gamma … (as `dispersion` of the fit reports it). */
  readonly dispersion?: number;
  /** Model of the logit of the probability of an excess zero, e.g. `~ x + (1 | g)`; default: none. `~ .` takes the terms of the mean, offsets left out. With a truncated family it makes a hurdle model. */
  readonly ziformula?: string;
  /**
   * Covariance structures of the random terms whose formula gives none: one name for all, or one per term as written. `us`, `diag`, `homdiag`,
   * `cs`, `homcs`, `ar1`, `hetar1` as in the formula, or MATLAB's `FullCholesky`, `Full`, `Diagonal`, `Isotropic`, `CompSymm`.
   */
  readonly covariancePattern?: string | readonly string[];
  /** Thresholds of a cumulative family: `flexible` (default), `symmetric` or `equidistant`. */
  readonly threshold?: 'flexible' | 'symmetric' | 'equidistant';
  /**
   * Rows with a missing value in a column that the model uses: `omit` (default) leaves them out and counts them; `exclude` does, too, but `fitted`,
   * `residuals()` and `predict()` of the fit keep a place for them, NaN; `fail` throws DataError.
   */
  readonly naAction?: (typeof NA_ACTIONS)[number];
}

export const NA_ACTIONS = ['omit', 'exclude', 'fail'] as const;

/** A random term on new data: its matrix, and the factors whose combinations are its levels. Plain data. */
export interface RandomTerms extends FixedTerms {
  readonly grouping: readonly Expression[];
}

export interface OffsetTerms {
  readonly expressions: readonly Expression[];
  /** Text of the formula or option each stands in. */
  readonly texts: readonly string[];
  /** Whether numbers were given beside the table: new data have none. */
  readonly numbers: boolean;
  readonly memory: Memory;
}

/** A formula applied to a table: the numbers of the model, and what it takes to do the same to other tables. */
export interface ModelFrame {
  /** The formula as written, white space normalised. */
  readonly formula: string;
  readonly design: Design;
  /** y, n numbers: successes for binomial. */
  readonly response: Float64Array;
  /** How the response was given; decides how simulated responses are handed back. */
  readonly responseKind: 'numeric' | 'binary' | 'cbind' | 'proportion';
  /** Label of the response as R's model frame names it. */
  readonly responseName: string;
  /** For a binary response given as a factor or string: the level that counts as success. */
  readonly successLevel: string | null;
  /** 0-based rows of the table that the model uses, in order. */
  readonly rows: Int32Array;
  /** Rows dropped because of missing values in columns the model uses. */
  readonly droppedRows: number;
  /** With `naAction: 'exclude'`, where the rows of the model stand among those that `subset` keeps; else null. */
  readonly places: { readonly of: number; readonly at: Int32Array } | null;
  /** Rows left out by `subset`. */
  readonly excludedRows: number;
  /** Fixed-effect columns dropped because they are linear combinations of others, as R's lm names them. */
  readonly droppedColumns: readonly string[];
  /** Everything needed to make the fixed-effects matrix of new data. Plain data. */
  readonly fixedTerms: FixedTerms;
  /** What new data need for each random term, in the order of `design.random`. */
  readonly randomTerms: readonly RandomTerms[];
  /** Offsets of the formula and of the options, for new data. */
  readonly offsetTerms: OffsetTerms;
  /** The same for the auxiliary predictors that have a formula. */
  readonly auxiliaryTerms: Readonly<Partial<Record<'dispersion' | 'zi', FixedTerms>>>;
  /** Ordered categories of the response of a cumulative family, else null. */
  readonly categories: readonly string[] | null;
  /** Levels of each factor the model uses, in coding order. */
  readonly factors: Readonly<Record<string, readonly string[]>>;
  /** Means and levels of the columns that the fixed effects are made of. */
  readonly referenceValues: readonly ReferenceValue[];
  /** What the reader of the result should know (dropped rows, dropped columns, unused levels …), one sentence each. */
  readonly notes: readonly string[];
}
