// Logit link: mu and 1 - mu from e = exp(-|eta|), both to full relative accuracy.
#import math
#import probability

fn probability(eta: f32) -> Probability {
  let e = exp_accurate(-abs(eta));
  let inverse = 1.0 / (1.0 + e);
  let small = e * inverse;
  let mu = select(small, inverse, eta >= 0.0);
  let rest = select(inverse, small, eta >= 0.0);
  let w = inverse * small;
  let dw = w * (rest - mu);
  let shared_log = -log1p_unit(e);
  return Probability(true, mu, rest, Half(shared_log - max(-eta, 0.0), rest, w, dw), Half(shared_log - max(eta, 0.0), -mu, w, dw));
}
