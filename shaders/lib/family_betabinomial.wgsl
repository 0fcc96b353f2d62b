// Beta-binomial with precision phi (the dispersion value), y of m, by logit mu: p = phi mu, t = phi (1 - mu), f = m - y. The value is relative to
// the saturated binomial model. With E(z) = log(1 + z) - z, u = y - m mu and T = m + phi it is
//   y E(-phi u / (y T)) + f E(phi u / (f T)) + p E(u / (mu T)) + t E(-u / ((1 - mu) T)) + the rising excesses of (p, y), (t, f), -(phi, m)
// in which the arguments times their factors add up to nothing: phi -> infinity is the binomial family.
#import gamma
#import dispersion
#import probability_link

fn family(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
  let link = probability(eta);
  if (!link.inside || min(link.mu, link.rest) < 1.0e-30) {
    return Derivatives();
  }
  let phi = dispersion(auxiliary);
  let mu = link.mu;
  let rest = link.rest;
  let f = m - y;
  let p = phi * mu;
  let t = phi * rest;
  let share = phi / (m + phi);
  let u = y * rest - f * mu;
  let zp = (u / (m + phi)) / mu;
  let zt = -(u / (m + phi)) / rest;
  let raised_p = (y / mu + phi) / (m + phi);
  let raised_t = (f / rest + phi) / (m + phi);
  let spread = p * log1p_excess(zp, raised_p) + t * log1p_excess(zt, raised_t);
  let ep = rising_excess(p, y);
  let et = rising_excess(t, f);
  let whole = rising_excess(phi, m);
  let rp = rising(p, y);
  let rt = rising(t, f);
  let variance = mu * rest;
  let tilt = rest - mu;
  var value = spread + ep.value + et.value - whole.value;
  let z = share * u;
  value += counted(y, -z, m * raised_p * mu);
  value += counted(f, z, m * raised_t * rest);
  let firsts = rp.first + rt.first;
  let we = m * variance * (1.0 + phi) / (m + phi);
  var out = derivatives(
    value,
    p * rest * (log1p_accurate(zp, raised_p) - log1p_accurate(zt, raised_t)) + rest * ep.slope - mu * et.slope,
    variance * firsts - rest * rest * rp.second - mu * mu * rt.second,
    variance * tilt * firsts + 3.0 * variance * (rest * rp.second - mu * rt.second) - rest * rest * rest * rp.third + mu * mu * mu * rt.third,
    we,
    we * tilt,
  );
  out.a_value[0] = spread + ep.slope + et.slope - whole.slope;
  out.a_score[0] = rest * rp.second - mu * rt.second;
  out.a_w[0] = variance * (rp.second + rt.second) - rest * rest * rp.third - mu * mu * rt.third;
  return weighted(chain(out, logit_slopes(link)), v);
}

// count E(z/count), with 1 + z/count = whole/count; a count of zero leaves -z.
fn counted(count: f32, z: f32, whole: f32) -> f32 {
  if (count > 0.0) {
    return count * log1p_excess(z / count, whole / count);
  }
  return -z;
}
