// Poisson, log link. The value is taken relative to the saturated model, y (delta - expm1(delta)) with delta = eta - log y: counts of
// thousands would otherwise cancel.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32) -> Derivatives {
  if (eta > 80.0) {
    return Derivatives(false, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  }
  let mu = exp_accurate(eta);
  let w = v * mu;
  if (y > 0.0) {
    let delta = eta - log_accurate(y);
    let excess = expm1_accurate(delta);
    return Derivatives(true, v * y * (delta - excess), -v * y * excess, w, w, w, w);
  }
  return Derivatives(true, -w, -w, w, w, w, w);
}
