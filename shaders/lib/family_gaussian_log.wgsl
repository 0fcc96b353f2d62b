// Gaussian, log link; beyond e^40, whose square is near the end of the range, it is refused.
#import gaussian

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  if (eta > 40.0) {
    return Derivatives();
  }
  let mu = exp_accurate(eta);
  return gaussian(mu, Slopes(mu, mu, mu), y, v, auxiliary);
}
