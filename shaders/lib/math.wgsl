// Elementary functions with known error. The language promises little of its own: exp 3 + 2|x| ULP, log only absolutely near 1, atan 4096 ULP.
// Errors stated are measured by test/gpu/math.test.ts against float64.

// 15 significant bits, so that its product with an exponent (at most 8 bits) is exact.
const LN2_HIGH = 6.9314575e-1;
const LN2_LOW = 1.4286068e-6;
const LOG2_E = 1.442695;

// e^x; 0 below -87, capped at e^88. Minimax polynomial on half a factor of 2 around 1. Error 1 ULP.
fn exp_accurate(x: f32) -> f32 {
  let bounded = clamp(x, -87.0, 88.0);
  let n = floor(bounded * LOG2_E + 0.5);
  let r = (bounded - n * LN2_HIGH) - n * LN2_LOW;
  let tail = 4.9999993e-1 + r * (1.6666521e-1 + r * (4.1668388e-2 + r * (8.3687152e-3 + r * 1.3814602e-3)));
  let value = ldexp(1.0 + (r + r * r * tail), i32(n));
  return select(value, 0.0, x < -87.0);
}

// e^x - 1 without cancellation near 0: minimax polynomial for -0.5 < x < 0.7. Error 3 ULP.
fn expm1_accurate(x: f32) -> f32 {
  return select(exp_accurate(x) - 1.0, x + x * x * expm1_tail(x), x > -0.5 && x < 0.7);
}

// e^x - 1 - x. Error 4 ULP.
fn expm1_excess(x: f32) -> f32 {
  return select(exp_accurate(x) - 1.0 - x, x * x * expm1_tail(x), x > -0.5 && x < 0.7);
}

// (e^x - 1 - x) / x^2.
fn expm1_tail(x: f32) -> f32 {
  return 5.0e-1 + x * (1.6666673e-1 + x * (4.1666195e-2 + x * (8.3347773e-3 + x * (1.3877357e-3 + x * (1.9566627e-4 + x * 3.0565474e-5)))));
}

// (2 atanh(s) / s - 2) / s^2 for s^2 <= 1/9, from the odd series.
fn atanh_tail(s2: f32) -> f32 {
  return 6.6666667e-1 + s2 * (4.0e-1 + s2 * (2.857143e-1 + s2 * (2.2222222e-1 + s2 * (1.8181818e-1 + s2 * 1.5384615e-1))));
}

// 2 atanh(s) / s for s^2 <= 1/9.
fn atanh_series(s2: f32) -> f32 {
  return 2.0 + s2 * atanh_tail(s2);
}

// log(1 + x) for 0 <= x <= 1. Error 2.7 ULP.
fn log1p_unit(x: f32) -> f32 {
  let s = x / (2.0 + x);
  return s * atanh_series(s * s);
}

// log x for positive normal x. Error 2.7 ULP, also near 1.
fn log_accurate(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  // Mantissa in [0.75, 1.5): the exponent's share vanishes near 1.
  let shift = (bits & 0x7fffffu) >= 0x400000u;
  let k = i32(bits >> 23u) - 127 + select(0, 1, shift);
  let m = bitcast<f32>((bits & 0x7fffffu) | select(0x3f800000u, 0x3f000000u, shift));
  let s = (m - 1.0) / (m + 1.0);
  return f32(k) * LN2_HIGH + (f32(k) * LN2_LOW + s * atanh_series(s * s));
}

// log(1 - p) for 0 <= p <= 1/2 (error 2.7 ULP), as -2 atanh(p / (2 - p)).
fn log1m_half(p: f32) -> f32 {
  let s = p / (2.0 - p);
  return -s * atanh_series(s * s);
}

// log(1 + x) for x > -1. `whole` is 1 + x, known better than the sum where x is near -1. Error 3 ULP.
fn log1p_accurate(x: f32, whole: f32) -> f32 {
  let s = x / (2.0 + x);
  return select(log_accurate(clamp(whole, 1.2e-38, 3.4e38)), s * atanh_series(s * s), abs(x) < 0.3);
}

// log(1 + x) - x for x > -1, without cancellation near 0; `whole` is 1 + x.
fn log1p_excess(x: f32, whole: f32) -> f32 {
  // log(1 + x) = 2s + 2s^3/3 + ... with s = x / (2 + x), and 2s - x = -s x.
  let s = x / (2.0 + x);
  let s2 = s * s;
  return select(log_accurate(clamp(whole, 1.2e-38, 3.4e38)) - x, s * (s2 * atanh_tail(s2) - x), abs(x) < 0.3);
}

// log(a / b) - (a - b) / b for positive a, b, without cancellation where they are close.
fn log_ratio_excess(a: f32, b: f32) -> f32 {
  return log1p_excess((a - b) / b, a / b);
}

// log(1 - e^x) for x < 0. Error 4 ULP.
fn log1mexp(x: f32) -> f32 {
  if (x > -0.6931472) {
    return log_accurate(max(-expm1_accurate(x), 1.0e-37));
  }
  return log1m_half(exp_accurate(x));
}

// Hazard of the normal distribution beyond its argument, phi(t) / Phi(-t) - t for t >= 0: polynomial in (t - 3)/(t + 3), divided by 1 + t.
// The difference itself, because the curvature of log Phi lives on it. Error 3.3 ULP.
fn hazard_gap(t: f32) -> f32 {
  let s = (t - 3.0) / (t + 3.0);
  var p = 2.8859976e-4;
  p = p * s + 6.0878853e-4;
  p = p * s - 1.6397435e-3;
  p = p * s - 3.9103073e-3;
  p = p * s + 4.9368642e-3;
  p = p * s + 1.4476728e-2;
  p = p * s - 1.287799e-2;
  p = p * s - 4.4797108e-2;
  p = p * s + 4.490845e-2;
  p = p * s + 1.2950775e-1;
  p = p * s - 2.6906849e-1;
  p = p * s + 5.1718994e-3;
  p = p * s + 1.1323946;
  return p / (1.0 + t);
}

// atan x for x >= 0: reduced at tan(pi/8), then a polynomial in x^2. Error 2.7 ULP.
fn atan_positive(x: f32) -> f32 {
  let large = x > 1.0;
  let y = select(x, 1.0 / max(x, 1.0e-30), large);
  let middle = y > 4.142136e-1;
  let z = select(y, (y - 1.0) / (y + 1.0), middle);
  let z2 = z * z;
  var a = z * (1.0 + z2 * (-3.3332797e-1 + z2 * (1.9974402e-1 + z2 * (-1.3851447e-1 + z2 * 7.984860e-2))));
  a = select(a, 7.8539816e-1 + a, middle);
  return select(a, 1.5707963 - a, large);
}

// Infinite or not a number, from the bits: comparisons may be optimised away.
fn is_bad(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;
}
