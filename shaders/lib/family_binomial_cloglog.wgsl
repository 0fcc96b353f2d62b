// Binomial, complementary log-log link, with E = e^eta, r = E/(e^E - 1) and q = 1 - E - r (a series where E is small).
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32) -> Derivatives {
  if (eta > 80.0) {
    return Derivatives(false, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  }
  let e = exp_accurate(eta);
  let r = select(e / max(expm1_accurate(e), 1.0e-37), 1.0 - 0.5 * e, e < 1.0e-4);
  let e2 = e * e;
  let q = select(1.0 - e - r, -0.5 * e - e2 * (8.3333333e-2 - e2 * (1.3888889e-3 - e2 * 3.306878e-5)), e < 0.7);
  let log_mean = select(log1mexp(-e), eta - 0.5 * e, e < 1.0e-4);
  var a = Half(log_mean, r, -r * q, -r * (q * q - e - r * q));
  // mu is 1 to the last bit and beyond; the capped exponential would leave r E^2 large.
  if (e > 80.0) {
    a = Half(0.0, 0.0, 0.0, 0.0);
  }
  let b = Half(-e, -e, e, e);
  return combine(a, b, y, m, v);
}
