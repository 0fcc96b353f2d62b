/** Sums over 0 ≤ j < y that counts with extra variation are made of, without cancellation for large r. */
import digamma from '@stdlib/math-base-special-digamma';
import gammaln from '@stdlib/math-base-special-gammaln';
import polygamma from '@stdlib/math-base-special-polygamma';
import trigamma from '@stdlib/math-base-special-trigamma';

export interface Rising {
  /** Σ log(1 + j/r) = log Γ(y + r) − log Γ(r) − y log r. */
  log: number;
  /** Σ j/(r + j) = y − r [ψ(y + r) − ψ(r)]. */
  first: number;
  /** Σ (r/(r + j))². */
  second: number;
  /** Σ (r/(r + j))³. */
  third: number;
}

export const rising = (): Rising => ({ log: 0, first: 0, second: 0, third: 0 });

/** Up to this count the sums themselves are as quick as the special functions. */
const SUMMED = 64;
/** From here on differences of special functions lose more digits than Stirling's series. */
const LARGE = 1e4;

export function fillRising(y: number, r: number, out: Rising): void {
  if (y <= SUMMED) {
    let product = 1;
    let log = 0;
    out.first = out.second = out.third = 0;
    for (let j = 0; j < y; j++) {
      const share = r / (r + j);
      product *= 1 + j / r;
      if (product > 1e200) {
        log += Math.log(product);
        product = 1;
      }
      out.first += j / (r + j);
      out.second += share * share;
      out.third += share * share * share;
    }
    out.log = log + Math.log(product);
    return;
  }
  if (r < LARGE) {
    out.log = gammaln(y + r) - gammaln(r) - y * Math.log(r);
    out.first = y - r * (digamma(y + r) - digamma(r));
    out.second = r * r * (trigamma(r) - trigamma(y + r));
    out.third = 0.5 * r * r * r * (polygamma(2, y + r) - polygamma(2, r));
    return;
  }
  // Euler–Maclaurin: the integral of the summand, its ends, and the first derivative term.
  const t = y / r;
  const end = 1 + t;
  const grown = Math.log1p(t);
  out.log = (y + r) * grown - y - 0.5 * grown - (t / (12 * r * end));
  out.first = y - r * grown - 0.5 * (1 - 1 / end) - (1 / (12 * r)) * (1 - 1 / (end * end));
  out.second = y / end + 0.5 * (1 - 1 / (end * end)) + (1 / (6 * r)) * (1 - 1 / end ** 3);
  out.third = 0.5 * r * (1 - 1 / (end * end)) + 0.5 * (1 - 1 / end ** 3) + (1 / (4 * r)) * (1 - 1 / end ** 4);
}
