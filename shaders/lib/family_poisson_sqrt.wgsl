// Poisson, square-root link, eta > 0; the value relative to the saturated model, as for the identity link.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  if (!(eta > 0.0)) {
    return Derivatives();
  }
  let i = 1.0 / eta;
  let mu = eta * eta;
  let value = select(-mu, y * log_ratio_excess(mu, max(y, 1.0e-30)), y > 0.0);
  return derivatives(v * value, 2.0 * v * (y * i - eta), 2.0 * v * (y * i * i + 1.0), -4.0 * v * y * i * i * i, 4.0 * v, 0.0);
}
