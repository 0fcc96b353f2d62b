// Log link of a probability (relative risk), eta < 0, with c = mu/(1 - mu).
#import math
#import probability

fn probability(eta: f32) -> Probability {
  if (!(eta < 0.0)) {
    return Probability();
  }
  let mu = exp_accurate(eta);
  let rest = max(-expm1_accurate(eta), 1.0e-37);
  let c = mu / rest;
  let w = c * (1.0 + c);
  return Probability(true, mu, rest, Half(eta, 1.0, 0.0, 0.0), Half(log1mexp(eta), -c, w, w * (1.0 + 2.0 * c)));
}
