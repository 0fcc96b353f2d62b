/**
 * Errors for the caller's mistakes. Everything that concerns one model among many is a status (see `model/status.ts`), not an error.
 */

/** Base of every error that is the caller's to mend; the CLI prints its message on one line and exits with code 2. */
export class GlmmError extends Error {
  override name = 'GlmmError';
  constructor(message: string) {
    // Column names and formulas may hold line ends; a message never does.
    super(message.replace(/[\r\n\u2028\u2029]+/g, ' '));
  }
}

/** A formula that cannot be read; `position` is the 0-based character at which reading failed. */
export class FormulaError extends GlmmError {
  override name = 'FormulaError';
  readonly formula: string;
  readonly position: number;
  constructor(message: string, formula: string, position: number) {
    super(message);
    this.formula = formula;
    this.position = position;
  }
}

/** Data that do not fit the model: names the column (and, where there is one, the 1-based data row). */
export class DataError extends GlmmError {
  override name = 'DataError';
  readonly column: string | undefined;
  readonly row: number | undefined;
  constructor(message: string, where: { column?: string; row?: number } = {}) {
    super(message);
    this.column = where.column;
    this.row = where.row;
  }
}

/** An option with an unknown name or an impossible value. */
export class OptionError extends GlmmError {
  override name = 'OptionError';
}

/** A device that was asked for by name and cannot be had, or was lost for good. */
export class DeviceError extends GlmmError {
  override name = 'DeviceError';
}
