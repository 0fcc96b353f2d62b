// Gaussian, inverse link; means of either sign.
#import gaussian

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  if (eta == 0.0) {
    return Derivatives();
  }
  let mu = 1.0 / eta;
  let mu2 = mu * mu;
  return gaussian(mu, Slopes(-mu2, 2.0 * mu * mu2, -6.0 * mu2 * mu2), y, v, auxiliary);
}
