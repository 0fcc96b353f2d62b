/** Messages between the pool and its workers, and errors as data. */
import { DataError, DeviceError, GlmmError, OptionError } from '../errors.js';

export type ToWorker =
  /** The context of a job: sent once to a worker, before its first task. */
  | { readonly kind: 'open'; readonly job: number; readonly context: unknown }
  | { readonly kind: 'task'; readonly job: number; readonly id: number; readonly task: unknown }
  | { readonly kind: 'close'; readonly job: number };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorData };

/** An error without its class, which structured cloning does not keep. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly column?: string | undefined;
  readonly row?: number | undefined;
}

export function errorToData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  const { name, message, stack } = error;
  return error instanceof DataError ? { name, message, stack, column: error.column, row: error.row } : { name, message, stack };
}

export function errorFromData(data: ErrorData): Error {
  const error = withClass(data);
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}

function withClass({ name, message, column, row }: ErrorData): Error {
  switch (name) {
    case 'DataError':
      return new DataError(message, { ...(column === undefined ? {} : { column }), ...(row === undefined ? {} : { row }) });
    case 'OptionError':
      return new OptionError(message);
    case 'DeviceError':
      return new DeviceError(message);
    case 'GlmmError':
      return new GlmmError(message);
    default: {
      const error = new Error(message);
      error.name = name;
      return error;
    }
  }
}
