// Poisson, log link. The value is taken relative to the saturated model, y (delta - expm1(delta)) with delta = eta - log y: counts of
// thousands would otherwise cancel.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  if (eta > 80.0) {
    return Derivatives();
  }
  let mu = exp_accurate(eta);
  let w = v * mu;
  if (y > 0.0) {
    let delta = eta - log_accurate(y);
    return derivatives(-v * y * expm1_excess(delta), -v * y * expm1_accurate(delta), w, w, w, w);
  }
  return derivatives(-w, -w, w, w, w, w);
}
