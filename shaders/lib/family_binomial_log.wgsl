// Binomial, log link (relative risk), eta < 0, with c = mu/(1 - mu).
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32) -> Derivatives {
  if (!(eta < 0.0)) {
    return Derivatives(false, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  }
  let mu = exp_accurate(eta);
  let c = mu / max(-expm1_accurate(eta), 1.0e-37);
  let w = c * (1.0 + c);
  return combine(Half(eta, 1.0, 0.0, 0.0), Half(log1mexp(eta), -c, w, w * (1.0 + 2.0 * c)), y, m, v);
}
