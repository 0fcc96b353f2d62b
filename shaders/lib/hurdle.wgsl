// A hurdle: a row is zero with probability pi, else comes from a distribution without zeros; the last auxiliary value is logit pi.
#import math
#import derivatives

fn hurdle(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let zi = auxiliary[AUX - 1u];
  let e = exp_accurate(-abs(zi));
  let inverse = 1.0 / (1.0 + e);
  let pi = select(e * inverse, inverse, zi >= 0.0);
  let rest = select(inverse, e * inverse, zi >= 0.0);
  let log_both = -log1p_unit(e);
#ifdef TRUNCATED
  let weight = v;
#else
  // Positive families take prior weights into their scale.
  let weight = sign(v);
#endif
  var out = derivatives(weight * (log_both - max(-zi, 0.0)), 0.0, 0.0, 0.0, 0.0, 0.0);
  if (y > 0.0) {
    out = conditional(eta, y, m, v, auxiliary);
    out.value += weight * (log_both - max(zi, 0.0));
    out.a_value[AUX - 1u] = -weight * pi;
    out.we *= rest;
    out.dwe *= rest;
  } else {
    out.a_value[AUX - 1u] = weight * rest;
  }
  return out;
}
