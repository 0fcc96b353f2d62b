// Elementary functions with known error. The language promises little of its own: exp 3 + 2|x| ULP, log only absolutely near 1, atan 4096 ULP.
// Errors stated are measured by test/gpu/math.test.ts against float64.

const LN2_HIGH = 6.9314575e-1; // 693145 / 2^20 …: few bits, so that its product with a small integer is exact
const LN2_LOW = 1.4286068e-6;
const LOG2_E = 1.442695;

// e^x; 0 below -87, capped at e^88. Relative error about 1e-7.
fn exp_accurate(x: f32) -> f32 {
  let bounded = clamp(x, -87.0, 88.0);
  let n = floor(bounded * LOG2_E + 0.5);
  let r = (bounded - n * LN2_HIGH) - n * LN2_LOW;
  let series = r * (1.0 + r * (0.5 + r * (1.6666667e-1 + r * (4.1666668e-2 + r * (8.333334e-3 + r * 1.3888889e-3)))));
  let value = ldexp(1.0 + series, i32(n));
  return select(value, 0.0, x < -87.0);
}

// e^x - 1 without cancellation near 0. Relative error about 2e-7.
fn expm1_accurate(x: f32) -> f32 {
  let series = x * (1.0 + x * (0.5 + x * (1.6666667e-1 + x * (4.1666668e-2 + x * (8.333334e-3 + x * (1.3888889e-3 + x * 1.984127e-4))))));
  return select(exp_accurate(x) - 1.0, series, abs(x) < 0.4);
}

// 2 atanh(s) / s for s^2 <= 1/9, from the odd series.
fn atanh_series(s2: f32) -> f32 {
  return 2.0 + s2 * (6.6666667e-1 + s2 * (4.0e-1 + s2 * (2.857143e-1 + s2 * (2.2222222e-1 + s2 * (1.8181818e-1 + s2 * 1.5384615e-1)))));
}

// log(1 + x) for 0 <= x <= 1. Relative error about 2e-7.
fn log1p_unit(x: f32) -> f32 {
  let s = x / (2.0 + x);
  return s * atanh_series(s * s);
}

// log x for positive normal x. Relative error about 2e-7, also near 1.
fn log_accurate(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  // Mantissa in [0.75, 1.5): the exponent's share vanishes near 1.
  let shift = (bits & 0x7fffffu) >= 0x400000u;
  let k = i32(bits >> 23u) - 127 + select(0, 1, shift);
  let m = bitcast<f32>((bits & 0x7fffffu) | select(0x3f800000u, 0x3f000000u, shift));
  let s = (m - 1.0) / (m + 1.0);
  return f32(k) * LN2_HIGH + (f32(k) * LN2_LOW + s * atanh_series(s * s));
}

// log(1 - e^x) for x < 0.
fn log1mexp(x: f32) -> f32 {
  let e = exp_accurate(x);
  if (x > -0.6931472) {
    return log_accurate(max(-expm1_accurate(x), 1.0e-37));
  }
  // log(1 - e) = -2 atanh(e / (2 - e)), e <= 1/2.
  let s = e / (2.0 - e);
  return -s * atanh_series(s * s);
}

// Mills ratio Phi(-t) / phi(t) of the normal distribution for t >= 0: polynomial in (t - 3)/(t + 3), divided by 1 + t. Error 4e-7.
fn mills(t: f32) -> f32 {
  let s = (t - 3.0) / (t + 3.0);
  var p = -2.908085e-5;
  p = p * s + 2.14343e-6;
  p = p * s + 2.36936e-4;
  p = p * s + 8.378046e-5;
  p = p * s - 1.2862865e-3;
  p = p * s - 9.100079e-4;
  p = p * s + 7.537431e-3;
  p = p * s + 2.9152712e-3;
  p = p * s - 5.697368e-2;
  p = p * s + 1.1320842e-1;
  p = p * s - 4.1189427e-2;
  p = p * s - 2.4195668e-1;
  p = p * s + 1.2183612;
  return p / (1.0 + t);
}

// atan x for x >= 0: reduced at tan(pi/8), then a polynomial in x^2. Error 3e-7.
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
