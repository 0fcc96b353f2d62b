// mu = 1 - exp(-e) with e = e^eta, r = e/(e^e - 1) and q = 1 - e - r (a series where e is small). `eta` is log e.
#import math
#import probability

fn complementary_log_log(eta: f32, e: f32) -> Probability {
  let r = select(e / max(expm1_accurate(e), 1.0e-37), 1.0 - 0.5 * e, e < 1.0e-4);
  let e2 = e * e;
  let q = select(1.0 - e - r, -0.5 * e - e2 * (8.3333333e-2 - e2 * (1.3888889e-3 - e2 * 3.306878e-5)), e < 0.7);
  let log_mean = select(log1mexp(-e), eta - 0.5 * e, e < 1.0e-4);
  var a = Half(log_mean, r, -r * q, -r * (q * q - e - r * q));
  // mu is 1 to the last bit and beyond; the capped exponential would leave r e^2 large.
  if (e > 80.0) {
    a = Half(0.0, 0.0, 0.0, 0.0);
  }
  return Probability(true, -expm1_accurate(-e), exp_accurate(-e), a, Half(-e, -e, e, e));
}
