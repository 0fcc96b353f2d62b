// The link 1/mu^2 of a positive mean.
#import positive_mean

fn positive_mean(eta: f32) -> PositiveMean {
  return power_mean(eta, inverseSqrt(max(eta, 1.0e-37)), -0.5);
}
