// Poisson, identity link, eta > 0; the value relative to the saturated model, y (log(1 + d) - d) with d = (eta - y)/y.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  if (!(eta > 0.0)) {
    return Derivatives();
  }
  let i = 1.0 / eta;
  let w = v * y * i * i;
  let value = select(-eta, y * log_ratio_excess(eta, max(y, 1.0e-30)), y > 0.0);
  return derivatives(v * value, v * (y - eta) * i, w, -2.0 * w * i, v * i, -v * i * i);
}
