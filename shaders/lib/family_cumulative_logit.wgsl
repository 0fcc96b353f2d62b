// Ordered categories with logit link: P = F(upper - eta) - F(lower - eta) for the thresholds of the row's category, which for the logistic
// distribution is F(u) (1 - F(l)) (1 - e^(l - u)): a product, so that logarithm and derivatives are sums.
#import thresholds
#import probability_logit

fn family(eta: f32, y: f32, m: f32, v: f32, thresholds: array<f32, AUX>) -> Derivatives {
  let lower = thresholds[0];
  let upper = thresholds[1];
  var low = Probability();
  var high = Probability();
  var step = 0.0;
  var inner = 0.0;
  if (lower > -FAR) {
    low = probability(lower - eta);
  }
  if (upper < FAR) {
    high = probability(upper - eta);
  }
  if (lower > -FAR && upper < FAR) {
    // Thresholds out of order have no likelihood.
    if (!(upper > lower)) {
      return Derivatives();
    }
    step = log1mexp(lower - upper);
    inner = 1.0 / max(expm1_accurate(upper - lower), 1.0e-37);
  }
  let w = high.a.w + low.b.w;
  let dw = -(high.a.dw + low.b.dw);
  let d1 = -high.a.d1 - low.b.d1;
  // No expected information without the other categories: a positive stand-in.
  var out = derivatives(high.a.value + low.b.value + step, d1, w, dw, max(w, d1 * d1), 0.0);
  out.a_value[0] = low.b.d1 - inner;
  out.a_value[1] = high.a.d1 + inner;
  out.a_score[0] = low.b.w;
  out.a_score[1] = high.a.w;
  out.a_w[0] = low.b.dw;
  out.a_w[1] = high.a.dw;
  return weighted(out, v);
}
