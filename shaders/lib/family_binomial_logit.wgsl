// Binomial, logit link: mu and 1 - mu from e = exp(-|eta|), both to full relative accuracy.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let e = exp_accurate(-abs(eta));
  let inverse = 1.0 / (1.0 + e);
  let small = e * inverse;
  let mu = select(small, inverse, eta >= 0.0);
  let rest = select(inverse, small, eta >= 0.0);
  let failures = m - y;
  let w = v * m * inverse * small;
  let dw = w * (rest - mu);
  // log mu = -log1p(e) - max(-eta, 0), log(1 - mu) = -log1p(e) - max(eta, 0).
  let value = -v * (m * log1p_unit(e) + y * max(-eta, 0.0) + failures * max(eta, 0.0));
  return derivatives(value, v * (y * rest - failures * mu), w, dw, w, dw);
}
