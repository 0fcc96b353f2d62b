// Inverse Gaussian by log mu; the dispersion value is phi, the variance phi mu^3, and a prior weight divides phi. Relative to
// -3/2 log y: -(log(2 pi phi) + (y - mu)^2 / (phi mu^2 y)) / 2.
#import dispersion
#import mean

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let mean = positive_mean(eta);
  // Squares of y/mu stay in range.
  if (!mean.inside || !(mean.mu > 1.0e-15 * max(y, 1.0))) {
    return Derivatives();
  }
  let inverse_phi = max(v, 1.0e-30) / dispersion(auxiliary);
  let i = 1.0 / mean.mu;
  let rest = (y - mean.mu) * i;
  let p = inverse_phi * (y * i) * i;
  let q = inverse_phi * i;
  let square = inverse_phi * rest * (rest / y);
  var out = derivatives(0.5 * (log_accurate(inverse_phi) - square) - 9.189385e-1, q * rest, 2.0 * p - q, q - 4.0 * p, q, -q);
  out.a_value[0] = 0.5 * (square - 1.0);
  out.a_score[0] = -out.d1;
  out.a_w[0] = -out.w;
  out.a_we[0] = -q;
  return weighted(chain(out, mean.slopes), sign(v));
}
