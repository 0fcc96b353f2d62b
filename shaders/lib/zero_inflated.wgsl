// Zeros in excess: a row is a zero of its own with probability pi, else comes from the family; the last auxiliary value is logit pi.
#import math
#import derivatives

fn zero_inflated(eta: f32, y: f32, m: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let zi = auxiliary[AUX - 1u];
  let e = exp_accurate(-abs(zi));
  let inverse = 1.0 / (1.0 + e);
  let pi = select(e * inverse, inverse, zi >= 0.0);
  let rest = select(inverse, e * inverse, zi >= 0.0);
  // log(1 - pi)
  let log_rest = -log1p_unit(e) - max(zi, 0.0);
  let d = family(eta, y, m, 1.0, auxiliary);
  var out = d;
  // The information of the family's share stands in for the expected one.
  out.we *= rest;
  out.dwe *= rest;
  if (y > 0.0) {
    out.value += log_rest;
    out.a_value[AUX - 1u] = -pi;
  } else {
    // s is the probability that the zero is the family's; l0 the log of the family's mass there.
    let l0 = d.value;
    let gap = l0 - zi;
    let f = exp_accurate(-abs(gap));
    let part = 1.0 / (1.0 + f);
    let s = select(f * part, part, gap >= 0.0);
    let t = select(part, f * part, gap >= 0.0);
    let st = s * t;
    let curl = st * (t - s);
    // log(e^zi + e^l0) - log(1 + e^zi)
    out.value = max(l0, zi) + log1p_unit(f) + log_rest;
    out.d1 = s * d.d1;
    out.w = s * d.w - st * d.d1 * d.d1;
    out.dw = s * d.dw + 3.0 * st * d.d1 * d.w - curl * d.d1 * d.d1 * d.d1;
    for (var k = 0u; k < AUX - 1u; k++) {
      out.a_value[k] = s * d.a_value[k];
      out.a_score[k] = s * d.a_score[k] + st * d.a_value[k] * d.d1;
      out.a_w[k] = s * d.a_w[k] + d.a_value[k] * (st * d.w - curl * d.d1 * d.d1) - 2.0 * st * d.d1 * d.a_score[k];
    }
    // t - pi without cancellation where the family has all the zeros: t (1 - pi) (1 - e^l0).
    out.a_value[AUX - 1u] = -t * rest * expm1_accurate(l0);
    out.a_score[AUX - 1u] = -st * d.d1;
    out.a_w[AUX - 1u] = -st * d.w + curl * d.d1 * d.d1;
  }
  return out;
}
