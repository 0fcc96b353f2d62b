// Poisson, square-root link, eta > 0; the value relative to the saturated model.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32) -> Derivatives {
  if (!(eta > 0.0)) {
    return Derivatives(false, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  }
  let i = 1.0 / eta;
  let mu = eta * eta;
  let value = select(-mu, y * log_accurate(max(mu, 1.0e-37) / max(y, 1.0)) - (mu - y), y > 0.0);
  return Derivatives(true, v * value, 2.0 * v * (y * i - eta), 2.0 * v * (y * i * i + 1.0), -4.0 * v * y * i * i * i, 4.0 * v, 0.0);
}
