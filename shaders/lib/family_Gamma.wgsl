// Gamma by log mu, r = y/mu; the dispersion value is the shape alpha, which a prior weight multiplies. Relative to -log y:
// alpha (log r - r + 1) + log(alpha/(2 pi))/2 - binet(alpha).
#import gamma
#import dispersion
#import mean

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let mean = positive_mean(eta);
  // Squares of y/mu stay in range.
  if (!mean.inside || !(mean.mu > 1.0e-15 * max(y, 1.0))) {
    return Derivatives();
  }
  let alpha = max(v, 1.0e-30) * dispersion(auxiliary);
  let ratio = y / mean.mu;
  let rest = (y - mean.mu) / mean.mu;
  let spread = alpha * log1p_excess(rest, ratio);
  let own = binet(alpha);
  let w = alpha * ratio;
  var out = derivatives(spread + 0.5 * log_accurate(alpha) - 9.189385e-1 - own.value, alpha * rest, w, -w, alpha, 0.0);
  out.a_value[0] = spread + 0.5 + own.first;
  out.a_score[0] = out.d1;
  out.a_w[0] = w;
  out.a_we[0] = alpha;
  return weighted(chain(out, mean.slopes), sign(v));
}
