// Gaussian by its mean; the dispersion value is the variance, which a prior weight divides.
#import dispersion
#import derivatives

fn gaussian(mu: f32, slopes: Slopes, y: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let p = max(v, 1.0e-30) / dispersion(auxiliary);
  let rest = y - mu;
  let square = p * rest * rest;
  var out = derivatives(0.5 * (log_accurate(p) - square) - 9.189385e-1, p * rest, p, 0.0, p, 0.0);
  out.a_value[0] = 0.5 * (square - 1.0);
  out.a_score[0] = -out.d1;
  out.a_w[0] = -p;
  out.a_we[0] = -p;
  return weighted(chain(out, slopes), sign(v));
}
