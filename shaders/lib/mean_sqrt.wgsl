// Square-root link of a positive mean.
#import positive_mean

fn positive_mean(eta: f32) -> PositiveMean {
  return power_mean(eta, eta * eta, 2.0);
}
