// Log-density of the binomial families relative to the saturated model, y log p + f log q with p = y/m and q = f/m for y successes and f failures, both
// positive: counts of thousands would otherwise cancel. With E(z) = log z - (z - 1) it is y E(mu/p) + f E(rest/q), of which the linear terms add
// up to nothing.
#import math

fn binomial_value(y: f32, f: f32, mu: f32, rest: f32) -> f32 {
  let m = y + f;
  return y * log_ratio_excess(mu, y / m) + f * log_ratio_excess(rest, f / m);
}

// The same from the logarithms of mu and 1 - mu, where one of these is too small for float32.
fn binomial_value_far(y: f32, f: f32, log_mu: f32, log_rest: f32) -> f32 {
  let m = y + f;
  return y * (log_mu - log_accurate(y / m)) + f * (log_rest - log_accurate(f / m));
}

const SMALLEST_PROBABILITY = 1.0e-30;
