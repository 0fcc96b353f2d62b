// Negative binomial with variance mu (1 + alpha), dispersion alpha, by log mu: a negative binomial of size s = mu/alpha. The value as in
// family_nbinom2, with z1 = (mu - y) / (y (1 + alpha)) and z2 = alpha (y - mu) / (mu (1 + alpha)). The weight is (a stand-in where expected)
// mu / (1 + alpha) and more.
#import gamma
#import dispersion
#import mean

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let mean = positive_mean(eta);
  if (!mean.inside) {
    return Derivatives();
  }
  let mu = max(mean.mu, 1.0e-30);
  let alpha = dispersion(auxiliary);
  let one = 1.0 + alpha;
  let size = mu / alpha;
  let z = (alpha / one) * ((y - mu) / mu);
  // (y + size) / (mu + size)
  let raised = (1.0 + alpha * (y / mu)) / one;
  let spread = size * log1p_excess(z, raised);
  let excess = rising_excess(size, y);
  let rise = rising(size, y);
  let none = size * log1p_accurate(alpha, one);
  let we = mu / one;
  var out = derivatives(-none, size * log1p_accurate(z, raised) + excess.slope, none - rise.second, none - rise.third, we, we);
  if (y > 0.0) {
    out.value = y * log1p_excess((mu - y) / (y * one), (alpha + mu / y) / one) + spread + excess.value;
  }
  out.a_value[0] = -spread - excess.slope;
  out.a_score[0] = out.w - we;
  out.a_w[0] = we - out.dw;
  out.a_we[0] = -we * (alpha / one);
  return weighted(chain(out, mean.slopes), v);
}
