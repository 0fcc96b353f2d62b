// Negative binomial with variance mu + mu^2/theta, dispersion theta, by log mu. The value is taken relative to the saturated Poisson model,
// y log y - y - log y!; with E(z) = log(1 + z) - z it is
//   y E(z1) + theta E(z2) + rising_excess(theta, y),   z1 = theta (mu - y) / (y (theta + mu)),   z2 = (y - mu) / (theta + mu)
// where y z1 + theta z2 = 0: nothing cancels, and theta -> infinity is the Poisson family.
#import gamma
#import dispersion
#import mean

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let mean = positive_mean(eta);
  if (!mean.inside) {
    return Derivatives();
  }
  let mu = mean.mu;
  let theta = dispersion(auxiliary);
  let total = theta + mu;
  let s = theta / total;
  let t = mu / total;
  let rest = y - mu;
  let raised = (theta + y) / total;
  let spread = theta * log1p_excess(rest / total, raised);
  let excess = rising_excess(theta, y);
  let w = mu * s * raised;
  var out = derivatives(-theta * log1p_accurate(mu / theta, total / theta), rest * s, w, w * (s - t), mu * s, mu * s * s);
  if (y > 0.0) {
    out.value = y * log1p_excess(-s * rest / y, (mu / y) * raised) + spread + excess.value;
  }
  out.a_value[0] = spread + excess.slope;
  out.a_score[0] = rest * s * t;
  out.a_w[0] = w * (t - s * rest / (theta + y));
  out.a_we[0] = mu * s * t;
  return weighted(chain(out, mean.slopes), v);
}
