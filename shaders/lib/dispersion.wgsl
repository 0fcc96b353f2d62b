// The dispersion parameter of families that have one, from its logarithm; farther out it changes nothing in float32.
#import math

fn dispersion(auxiliary: array<f32, AUX>) -> f32 {
  return exp_accurate(clamp(auxiliary[0], -60.0, 60.0));
}
