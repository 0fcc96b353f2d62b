// A family of counts given that the count is not zero: log f(y) - log(1 - f(0)). With t = -log f(0) the second part is the complementary
// log-log function of log t, whose slopes by eta come from the family at zero: it holds for means near 0, where f(0) is nearly 1.
#import complementary_log_log

fn truncated(eta: f32, y: f32, m: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let zero = family(eta, 0.0, m, 1.0, auxiliary);
  if (!zero.inside) {
    return Derivatives();
  }
  let t = max(-zero.value, 1.0e-37);
  // Of log t.
  let first = -zero.d1 / t;
  let ratio = zero.w / t;
  let second = ratio - first * first;
  let third = zero.dw / t - ratio * first - 2.0 * first * second;
  let a = complementary_log_log(log_accurate(t), min(t, 1.0e30)).a;
  let present = chain(derivatives(a.value, a.d1, a.w, a.dw, 0.0, 0.0), Slopes(first, second, third));
  let base = family(eta, y, m, 1.0, auxiliary);
  var out = base;
  out.value -= present.value;
  out.d1 -= present.d1;
  out.w -= present.w;
  out.dw -= present.dw;
#ifdef AUXILIARY
  for (var k = 0u; k < AUX; k++) {
    // By the auxiliary value: log t and its slopes.
    let shift = -zero.a_value[k] / t;
    let shift_first = -zero.a_score[k] / t - first * shift;
    let shift_second = zero.a_w[k] / t - ratio * shift - 2.0 * first * shift_first;
    out.a_value[k] -= a.d1 * shift;
    out.a_score[k] -= a.d1 * shift_first - a.w * shift * first;
    out.a_w[k] += a.d1 * shift_second - a.w * (2.0 * first * shift_first + shift * second) - a.dw * shift * first * first;
  }
#endif
  return out;
}
