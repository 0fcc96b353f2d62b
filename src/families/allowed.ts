/** What responses a family takes: each function gives null for an allowed value, else the rule that it breaks, with the remedy where there is one. */

export function countRule(y: number): string | null {
  return y >= 0 && Number.isInteger(y) ? null : 'counts are whole numbers from 0 on';
}

export function successRule(y: number, trials: number): string | null {
  return countRule(y) ?? (y > trials ? `successes are no larger than the number of trials (${trials})` : null);
}

const HURDLE = 'give the zeros a model of their own (ziformula, --zi), or leave the row out';

export function positiveCountRule(y: number): string | null {
  return y === 0 ? `truncated counts begin at 1: ${HURDLE}` : countRule(y);
}

/** @param remedy for a zero */
const positive = (remedy: string) => (y: number): string | null =>
  (y > 0 ? null : `the family takes positive values: ${y === 0 ? remedy : 'correct the value or choose another family'}`);

export const positiveRule = positive(HURDLE);
/** Of families without a zero part. */
export const strictlyPositiveRule = positive('leave the row out or choose another family');

export function openIntervalRule(y: number): string | null {
  if (y > 0 && y < 1) return null;
  const remedy = y === 0 || y === 1 ? 'move the ends inwards, for example (y * (n - 1) + 0.5) / n with n rows' : 'rescale it to fractions';
  return `the family takes values between 0 and 1, the ends excluded: ${remedy}`;
}
