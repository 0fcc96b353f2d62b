// Binomial, logit link: mu and 1 - mu from e = exp(-|eta|), both to full relative accuracy.
#import math
#import derivatives
#import binomial_value

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let e = exp_accurate(-abs(eta));
  let inverse = 1.0 / (1.0 + e);
  let small = e * inverse;
  let mu = select(small, inverse, eta >= 0.0);
  let rest = select(inverse, small, eta >= 0.0);
  let failures = m - y;
  let w = v * m * inverse * small;
  let dw = w * (rest - mu);
  var value: f32;
  if (y > 0.0 && failures > 0.0 && small > SMALLEST_PROBABILITY) {
    value = binomial_value(y, failures, mu, rest);
  } else {
    // log mu = -log1p(e) - max(-eta, 0), log(1 - mu) = -log1p(e) - max(eta, 0).
    let log_mu = -log1p_unit(e) - max(-eta, 0.0);
    let log_rest = -log1p_unit(e) - max(eta, 0.0);
    if (y > 0.0 && failures > 0.0) {
      value = binomial_value_far(y, failures, log_mu, log_rest);
    } else {
      value = y * log_mu + failures * log_rest;
    }
  }
  return derivatives(v * value, v * (y * rest - failures * mu), w, dw, w, dw);
}
