// What links of positive means have in common. Each mean_LINK.wgsl has a function `positive_mean(eta) -> PositiveMean`.
#import derivatives

struct PositiveMean {
  inside: bool,
  mu: f32,
  // Derivatives of log mu.
  slopes: Slopes,
}

// mu proportional to a power of eta > 0: log mu = power log eta.
fn power_mean(eta: f32, mu: f32, power: f32) -> PositiveMean {
  if (!(eta > 0.0)) {
    return PositiveMean();
  }
  let first = power / eta;
  let second = -first / eta;
  return PositiveMean(true, mu, Slopes(first, second, -2.0 * second / eta));
}
