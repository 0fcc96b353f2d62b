/** `--verbose`: the steps of a fit on standard error. */
import type { Trace } from '../fit/options.js';

const DIGITS = 7;

/** `  12  logLik -92.02657  (Intercept) -1.398502  period2 -0.9923321 …` */
export function traceLine({ evaluation, logLik, params }: Trace): string {
  const number = (value: number): string => String(Number(value.toPrecision(DIGITS)));
  const parts = Object.entries(params).map(([name, value]) => `  ${name} ${number(value)}`);
  return `${String(evaluation).padStart(4)}  logLik ${number(logLik)}${parts.join('')}`;
}

export const printTrace = (trace: Trace): void => { process.stderr.write(`${traceLine(trace)}\n`); };
