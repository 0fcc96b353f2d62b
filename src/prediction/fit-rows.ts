/** Rows on which a fitted model can say something: those it was fitted to, or those of a new table. */
import { DataError, OptionError } from '../errors.js';
import { deparse } from '../formula/deparse.js';
import { evaluate } from '../formula/evaluate.js';
import type { ModelFrame, RandomTerms } from '../formula/model-frame.js';
import { modelMatrix } from '../formula/model-matrix.js';
import { factorOf, vector } from '../formula/value.js';
import type { AuxiliaryPredictor, Design } from '../model/design.js';
import type { PredictorRows, RowEffects } from '../model/linear-predictor.js';
import type { Table } from '../table/table.js';

export interface FitRows extends PredictorRows, Pick<Design, 'trials' | 'weights'> {}

export interface NewRowOptions {
  /** Whether levels of grouping factors that the model was not fitted with may occur; their effects are then zero. */
  readonly allowNewLevels?: boolean;
  /** Offsets for the new rows, where the model was fitted with an offset given as numbers. */
  readonly offset?: ArrayLike<number>;
}

/** What a prediction reads of a random term: the levels for their modes, only the matrix (averages over new effects), or nothing. */
export type EffectUse = 'modes' | 'matrix' | 'none';

/**
 * The rows of a new table in the terms of a fitted model. A missing value makes the row's prediction NaN.
 * @param uses one per random term; columns that none of them reads may be absent
 * @throws DataError for an unknown column, an unknown level of a factor or (unless allowed) of a grouping factor; OptionError where offsets are wanting.
 */
export function newRows(frame: ModelFrame, table: Table, options: NewRowOptions, uses: readonly EffectUse[]): FitRows {
  const { design } = frame;
  return {
    nobs: table.nrow,
    x: modelMatrix(frame.fixedTerms, table),
    offset: newOffset(frame, table, options.offset),
    trials: null,
    weights: null,
    random: frame.randomTerms.map((terms, t): RowEffects => ({
      index: uses[t] === 'modes' ? newIndex(terms, design.random[t]!.levels, table, options.allowNewLevels === true) : new Int32Array(table.nrow).fill(-1),
      z: uses[t] === 'none' ? new Float64Array(table.nrow * design.random[t]!.names.length) : modelMatrix(terms, table),
    })),
    auxiliary: design.auxiliary.map((predictor) => newAuxiliary(predictor, frame, table)),
  };
}

function newOffset({ offsetTerms }: ModelFrame, table: Table, numbers: ArrayLike<number> | undefined): Float64Array | null {
  const { expressions, texts, memory } = offsetTerms;
  if (offsetTerms.numbers && numbers === undefined) {
    throw new OptionError('the model was fitted with an offset given as numbers; give offset, one number per new row');
  }
  if (numbers !== undefined && numbers.length !== table.nrow) {
    throw new OptionError(`offset has ${numbers.length} numbers, the new data have ${table.nrow} rows; give one number per row`);
  }
  if (expressions.length === 0 && numbers === undefined) return null;
  const total = numbers === undefined ? new Float64Array(table.nrow) : Float64Array.from(numbers);
  expressions.forEach((expression, k) => {
    const part = vector(evaluate(expression, { table, text: texts[k]!, memory, learning: false }), expression, table.nrow);
    for (let i = 0; i < total.length; i++) total[i]! += part[i]!;
  });
  return total;
}

/** Level of each row: the labels of the crossed factors joined by colons, as the frame names them. −1, −2 … are the first, the second … level that the model does not know. */
function newIndex({ grouping, formula, memory }: RandomTerms, levels: readonly string[], table: Table, allowNew: boolean): Int32Array {
  const scope = { table, text: formula, memory, learning: false };
  const parts = grouping.map((part) => factorOf(evaluate(part, scope), part, table.nrow));
  const place = new Map(levels.map((level, i) => [level, i]));
  const fresh = new Map<string, number>();
  const name = grouping.map(deparse).join(':');
  return Int32Array.from({ length: table.nrow }, (_, i) => {
    const missing = parts.some(({ codes }) => codes[i]! < 0);
    const label = parts.map(({ codes, levels: own }) => own[codes[i]!]!).join(':');
    const level = missing ? undefined : place.get(label);
    if (level !== undefined) return level;
    if (allowNew) {
      // Rows without a label have nothing in common.
      const key = missing ? `\0${i}` : label;
      if (!fresh.has(key)) fresh.set(key, -1 - fresh.size);
      return fresh.get(key)!;
    }
    throw new DataError(
      missing
        ? `'${name}' is missing in row ${i + 1}; fill it in, or allow new levels (allowNewLevels, --new-levels) to predict without its random effect`
        : `'${name}' has level '${label}' in row ${i + 1}, which the model was not fitted with; allow new levels (allowNewLevels, --new-levels) to predict with a random effect of zero`,
      { column: name, row: i + 1 },
    );
  });
}

function newAuxiliary(predictor: AuxiliaryPredictor, { auxiliaryTerms }: ModelFrame, table: Table): AuxiliaryPredictor {
  if (predictor.role === 'thresholds') return predictor;
  const terms = auxiliaryTerms[predictor.role];
  // A known dispersion is the same everywhere.
  if (terms === undefined) return { ...predictor, x: new Float64Array(0), offset: new Float64Array(table.nrow).fill(predictor.offset![0]!) };
  if (predictor.offset !== null) throw new OptionError(`predictions on new data are not there for an offset inside the ${predictor.role} model; predict the rows of the fit`);
  return { ...predictor, x: modelMatrix(terms, table) };
}
