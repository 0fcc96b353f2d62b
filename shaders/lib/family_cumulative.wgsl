// Ordered categories with any link of a probability: P = F(upper - eta) - F(lower - eta) for the thresholds of the row's category. In the lower
// half log P = V(u) + log(1 - e^-D) with V = log F and D = V(u) - V(l), in the upper half the same with V = log(1 - F) and the ends exchanged:
// the log-concave parts keep their digits in the tails. With c = 1/(e^D - 1) the derivatives of log(1 - e^-D) by D are c, -c(1 + c), ...
#import thresholds
#import probability_link

fn family(eta: f32, y: f32, m: f32, v: f32, thresholds: array<f32, AUX>) -> Derivatives {
  let lower = thresholds[0];
  let upper = thresholds[1];
  let between = lower > -FAR && upper < FAR;
  let in_lower_half = upper < FAR && !(between && lower + upper > 2.0 * eta);
  // The end with the larger V, and the other one.
  var near = Half();
  var far = Half();
  var inside = true;
  if (in_lower_half || between) {
    let high = probability(upper - eta);
    inside = high.inside;
    if (in_lower_half) {
      near = high.a;
    } else {
      far = high.b;
    }
  }
  if (!in_lower_half || between) {
    let low = probability(lower - eta);
    inside = inside && low.inside;
    if (in_lower_half) {
      far = low.a;
    } else {
      near = low.b;
    }
  }
  let width = near.value - far.value;
  // Below e^-10^12 squares of the derivatives would leave the range.
  if (!inside || near.value < -1.0e12 || (between && !(width > 0.0))) {
    return Derivatives();
  }
  var value = near.value;
  var c = 0.0;
  if (between && width < 80.0) {
    value += log1mexp(-width);
    c = 1.0 / expm1_accurate(width);
  } else {
    far = Half();
  }
  // Differences of the first and second derivative; derivatives of c by a common shift of the ends.
  let one = near.d1 - far.d1;
  let two = far.w - near.w;
  let c1 = -c * (1.0 + c) * one;
  let c2 = -c * (1.0 + c) * (two - (1.0 + 2.0 * c) * one * one);
  let w = near.w - c * two - c1 * one;
  let dw = -(near.dw + c * (near.dw - far.dw)) + 2.0 * c1 * two + c2 * one;
  let d1 = -near.d1 - c * one;
  // No expected information without the other categories: a positive stand-in.
  var out = derivatives(value, d1, w, dw, max(w, d1 * d1), 0.0);
  let k = select(0u, 1u, in_lower_half);
  out.a_value[k] = near.d1 * (1.0 + c);
  out.a_score[k] = near.w * (1.0 + c) - near.d1 * c1;
  out.a_w[k] = near.dw * (1.0 + c) + 2.0 * near.w * c1 - near.d1 * c2;
  if (between) {
    out.a_value[1u - k] = -c * far.d1;
    out.a_score[1u - k] = -c * far.w + c1 * far.d1;
    out.a_w[1u - k] = -c * far.dw - 2.0 * c1 * far.w + c2 * far.d1;
  }
  return weighted(out, v);
}
