// Beta with precision phi (the dispersion value) by logit mu: p = phi mu and t = phi (1 - mu). `ly` is the logit of the response, so that
// responses near 1 keep their digits; the value is relative to -log(y (1 - y)). With E(z) = log(1 + z) - z it is
//   p E((y - mu)/mu) + t E((mu - y)/(1 - mu)) + log(phi mu (1 - mu) / (2 pi))/2 + binet(phi) - binet(p) - binet(t).
#import gamma
#import dispersion
#import probability_link

fn family(eta: f32, ly: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let link = probability(eta);
  if (!link.inside || min(link.mu, link.rest) < 1.0e-30) {
    return Derivatives();
  }
  let phi = dispersion(auxiliary);
  let mu = link.mu;
  let rest = link.rest;
  let p = phi * mu;
  let t = phi * rest;
  let product = p * rest;
  let tilt = rest - mu;
  let e = exp_accurate(-abs(ly));
  let near = 1.0 / (1.0 + e);
  let far = e * near;
  let y = select(far, near, ly >= 0.0);
  let y_rest = select(near, far, ly >= 0.0);
  // y - mu through the complements where those are the small ones.
  let gap = select(y - mu, rest - y_rest, ly >= 0.0);
  let spread = p * log1p_excess(gap / mu, y / mu) + t * log1p_excess(-gap / rest, y_rest / rest);
  let whole = binet(phi);
  let bp = binet(p);
  let bt = binet(t);
  let left = rest * rest;
  let right = mu * mu;
  let score = product * (ly - (link.a.value - link.b.value)) + rest * (0.5 + bp.first) - mu * (0.5 + bt.first);
  let beyond = left * (0.5 + bp.second) + right * (0.5 + bt.second);
  let fisher = product + beyond;
  let turn = tilt * beyond - left * rest * (1.0 + bp.third) + right * mu * (1.0 + bt.third);
  var out = derivatives(
    spread + 0.5 * log_accurate(max(product, 1.0e-37)) - 9.189385e-1 + whole.value - bp.value - bt.value,
    score,
    fisher - tilt * score,
    2.0 * tilt * fisher + turn - (tilt * tilt - 2.0 * mu * rest) * score,
    fisher,
    tilt * fisher + turn,
  );
  let pull = rest * (0.5 + bp.second) - mu * (0.5 + bt.second);
  let fisher_rise = left * (bp.second - 0.5 - bp.third) + right * (bt.second - 0.5 - bt.third);
  out.a_value[0] = spread + 0.5 - whole.first + bp.first + bt.first;
  out.a_score[0] = score - pull;
  out.a_w[0] = out.w + fisher_rise + tilt * pull;
  out.a_we[0] = fisher + fisher_rise;
  return weighted(chain(out, logit_slopes(link)), v);
}
