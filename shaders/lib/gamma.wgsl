// Functions of the gamma family without the cancellation of large arguments, through Binet's function
//   binet(x) = log gamma(x) - (x - 1/2) log x + x - log(2 pi)/2
// which is completely monotone and vanishes like 1/(12 x). Errors stated are measured by test/gpu/gamma.test.ts against float64.
#import math

// Binet's function and its derivatives times powers of x, all of them positive:
//   first = -x binet' = x (log x - 1/(2x) - digamma), second = x^2 binet'' = x^2 (trigamma - 1/x - 1/(2x^2)),
//   third = -x^3 binet''' = -x^3 (tetragamma + 1/x^2 + 1/x^3).
struct Binet {
  value: f32,
  first: f32,
  second: f32,
  third: f32,
}

// For x >= 6: the asymptotic series.
fn binet_far(x: f32) -> Binet {
  let i = 1.0 / x;
  let i2 = i * i;
  return Binet(
    i * (8.3333333e-2 - i2 * (2.7777778e-3 - i2 * (7.9365079e-4 - i2 * 5.952381e-4))),
    i * (8.3333333e-2 - i2 * (8.3333333e-3 - i2 * (3.968254e-3 - i2 * 4.1666667e-3))),
    i * (1.6666667e-1 - i2 * (3.3333333e-2 - i2 * (2.3809524e-2 - i2 * (3.3333333e-2 - i2 * 7.5757576e-2)))),
    i * (5.0e-1 - i2 * (1.6666667e-1 - i2 * (1.6666667e-1 - i2 * (3.0e-1 - i2 * 8.3333333e-1)))),
  );
}

// For x > 0: steps of 1 up to 6, each the difference of the function at z and z + 1 without cancellation.
// Relative error 3e-6 and less.
fn binet(x: f32) -> Binet {
  var sum = Binet();
  var z = x;
  for (var step = 0u; step < 6u && z < 6.0; step++) {
    let u = 1.0 / z;
    let v = 1.0 / (z + 1.0);
    if (z < 1.0) {
      let rise = log_accurate(1.0 + z) - log_accurate(z);
      sum.value += (z + 0.5) * rise - 1.0;
      sum.first += x * (0.5 * (u + v) - rise);
    } else {
      let s = 1.0 / (2.0 * z + 1.0);
      let s2 = s * s;
      let tail = atanh_tail(s2);
      sum.value += 0.5 * s2 * tail;
      sum.first += x * s * s2 * (2.0 / (1.0 - s2) - tail);
    }
    let square = (x * u * v) * (x * u * v);
    sum.second += 0.5 * square;
    sum.third += square * x * (u + v);
    z += 1.0;
  }
  let far = binet_far(z);
  let scale = x / z;
  return Binet(
    sum.value + far.value,
    sum.first + scale * far.first,
    sum.second + scale * scale * far.second,
    sum.third + scale * scale * scale * far.third,
  );
}

// log gamma(x + k) - log gamma(x) - [(x + k) log(x + k) - x log x - k] (`value`), and its derivative by log x,
// x (digamma(x + k) - digamma(x) - log((x + k) / x)) (`slope`), for k >= 0. Both vanish as x grows.
struct Excess {
  value: f32,
  slope: f32,
}

fn rising_excess(x: f32, k: f32) -> Excess {
  let here = binet(x);
  let there = binet(x + k);
  let share = k / (x + k);
  return Excess(
    there.value - here.value - 0.5 * log1p_accurate(k / x, (x + k) / x),
    here.first - (x / (x + k)) * there.first + 0.5 * share,
  );
}

// Derivatives by log x of log gamma(x + k) - log gamma(x) = log(x (x + 1) ... (x + k - 1)), for whole k >= 0.
struct Rising {
  first: f32,
  second: f32,
  third: f32,
}

fn rising(x: f32, k: f32) -> Rising {
  var out = Rising();
  // The first factors one by one; beyond them x + 8 is large enough for the series.
  let near = min(k, 8.0);
  for (var j = 0.0; j < near; j += 1.0) {
    let a = x / (x + j);
    let b = j / (x + j);
    out.first += a;
    out.second += a * b;
    out.third += a * b * (b - a);
  }
  if (k > near) {
    let c = x + 8.0;
    let d = x + k;
    let low = binet_far(c);
    let high = binet_far(d);
    // x/c, x/d and their difference; differences of digamma, trigamma and tetragamma between c and d times x, x^2 and x^3.
    let a = x / c;
    let b = x / d;
    let gap = a * ((k - 8.0) / d);
    let one = x * log1p_accurate((k - 8.0) / c, d / c) + 0.5 * gap + a * low.first - b * high.first;
    let two = a * b * (k - 8.0) + 0.5 * gap * (a + b) + a * a * low.second - b * b * high.second;
    let three = x * gap * (a + b) + gap * (a * a + a * b + b * b) + a * a * a * low.third - b * b * b * high.third;
    out.first += one;
    out.second += one - two;
    out.third += one - 3.0 * two + three;
  }
  return out;
}
