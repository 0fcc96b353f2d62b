// Cauchy link; the lower tail mu = atan(-1/eta)/pi without cancellation.
#import math
#import probability

fn probability(eta: f32) -> Probability {
  let t = min(abs(eta), 1.0e9);
  let low = select(1.5707963 - atan_positive(t), atan_positive(1.0 / max(t, 1.0e-30)), t > 1.0) * 3.1830989e-1;
  let negative = eta <= 0.0;
  let x = select(t, -t, negative);
  let mu = select(1.0 - low, low, negative);
  let rest = select(low, 1.0 - low, negative);
  let i = 1.0 / (1.0 + t * t);
  let density = 3.1830989e-1 * i;
  let slope = -2.0 * x * density * i;
  let bend = density * (6.0 * t * i * t * i - 2.0 * i * i);
  let a = density / mu;
  let b = density / rest;
  let log_low = log_accurate(low);
  let log_high = log1m_half(low);
  return Probability(
    true, mu, rest,
    Half(select(log_high, log_low, negative), a, a * a - slope / mu, -(bend / mu - 3.0 * a * slope / mu + 2.0 * a * a * a)),
    Half(select(log_low, log_high, negative), -b, b * b + slope / rest, bend / rest + 3.0 * b * slope / rest + 2.0 * b * b * b),
  );
}
