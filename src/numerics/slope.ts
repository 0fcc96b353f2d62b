/** Central difference of a function whose third derivative is of order one, as those of the linear predictor are: accurate to 1e-9. */
export function slope(f: (value: number) => number, at: number): number {
  const h = 1e-4 * Math.max(1, Math.abs(at));
  return (f(at + h) - f(at - h)) / (2 * h);
}
