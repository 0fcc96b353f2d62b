// Binomial with any link of a probability.
#import probability_link
#import binomial_value

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let p = probability(eta);
  if (!p.inside) {
    return Derivatives();
  }
  let s = v * y;
  let f = v * (m - y);
  var out = derivatives(0.0, 0.0, 0.0, 0.0, -v * m * p.a.d1 * p.b.d1, v * m * (p.a.w * p.b.d1 + p.a.d1 * p.b.w));
  // A half with count zero is left out, its logarithm may be huge.
  if (s > 0.0) {
    out.value += s * p.a.value;
    out.d1 += s * p.a.d1;
    out.w += s * p.a.w;
    out.dw += s * p.a.dw;
  }
  if (f > 0.0) {
    out.value += f * p.b.value;
    out.d1 += f * p.b.d1;
    out.w += f * p.b.w;
    out.dw += f * p.b.dw;
  }
  if (s > 0.0 && f > 0.0) {
    if (min(p.mu, p.rest) > SMALLEST_PROBABILITY) {
      out.value = binomial_value(s, f, p.mu, p.rest);
    } else {
      out.value = binomial_value_far(s, f, p.a.value, p.b.value);
    }
  }
  return out;
}
