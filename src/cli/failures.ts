/** One line for every kind of failure, and its exit code: 2 for the caller's mistakes, 130 for Ctrl-C, 1 for ours. */
import { CommanderError } from 'commander';
import { FormulaError, GlmmError } from '../errors.js';
import { printable } from '../report/text-table.js';

/** The user pressed Ctrl-C, or asked the process to end. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly exitCode: number;
  constructor(signalNumber: number, kept: string) {
    super(`cancelled; ${kept}`);
    this.exitCode = exitCodeOfSignal(signalNumber);
  }
}

/** The convention of shells: 128 and the number of the signal. */
export function exitCodeOfSignal(signalNumber: number): number {
  return 128 + signalNumber;
}

/** Longer messages (a megabyte of formula) are cut. */
const MAX_MESSAGE = 600;
/** Letters of a formula shown on either side of a fault. */
const NEIGHBOURHOOD = 30;

export function exitCodeOf(error: unknown): number {
  if (error instanceof GlmmError || error instanceof CommanderError) return 2;
  return error instanceof Interrupted ? error.exitCode : 1;
}

/** The message of an error as one line without control characters. */
export function messageOf(error: unknown): string {
  return oneLine(describe(error));
}

function describe(error: unknown): string {
  if (error instanceof FormulaError) return `${shorten(error.message)}: ${markPlace(error.formula, error.position)}`;
  if (error instanceof CommanderError) return commanderMessage(error);
  if (error instanceof GlmmError || error instanceof Interrupted) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `internal error: ${message} (--debug shows where; please report it)`;
}

/** What helps where commander only says what is wrong. */
const REMEDIES: Readonly<Record<string, string>> = {
  'commander.missingMandatoryOptionValue': '; add it (--help has examples)',
  'commander.missingArgument': '; name the file',
  'commander.optionMissingArgument': '; write a value after it',
  'commander.excessArguments': '; put values with spaces, such as formulas, in quotes',
};

/** `error: unknown option '--famly'` and its suggestion on a second line become one sentence, with a remedy. */
function commanderMessage({ message, code }: CommanderError): string {
  const sentence = message.replace(/^error: /, '').replace(/\s*\n\s*\(Did you mean/, ' (did you mean').replace(/\.$/, '').replace('. Expected', ': expected');
  return sentence + (REMEDIES[code] ?? '');
}

function oneLine(text: string): string {
  return printable(shorten(text.replace(/\s*[\r\n]+\s*/g, ' ').trim()));
}

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE - 1)}…`;
}

/** The neighbourhood of a fault in a formula, the place itself between « and ». */
export function markPlace(formula: string, position: number): string {
  const at = Math.min(Math.max(0, position), formula.length);
  const from = Math.max(0, at - NEIGHBOURHOOD);
  const to = Math.min(formula.length, at + 1 + NEIGHBOURHOOD);
  const marked = `${formula.slice(from, at)}«${formula.slice(at, at + 1)}»${formula.slice(at + 1, to)}`;
  return `${from > 0 ? '…' : ''}${marked}${to < formula.length ? '…' : ''}`;
}
