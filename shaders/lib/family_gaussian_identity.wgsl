// Gaussian, identity link.
#import gaussian

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  return gaussian(eta, Slopes(1.0, 0.0, 0.0), y, v, auxiliary);
}
