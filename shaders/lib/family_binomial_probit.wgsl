// Binomial, probit link, through the hazard phi/Phi; twin of the float64 family, with its asymptotic series from t = 12 on.
#import math
#import derivatives

fn family(eta: f32, y: f32, m: f32, v: f32) -> Derivatives {
  let t = abs(eta);
  let ratio = mills(t);
  let density = 3.9894228e-1 * exp_accurate(-0.5 * t * t);
  let tail = density * ratio;
  let far = 1.0 / ratio;
  let near = density / (1.0 - tail);
  let i2 = 1.0 / max(t * t, 1.0);
  let gap = select(far - t, (1.0 - i2 * (2.0 - i2 * 10.0)) / max(t, 1.0), t > 12.0);
  let far_w = select(far * gap, 1.0 - i2 * (1.0 - i2 * 6.0), t > 12.0);
  let far_third = select(far * (1.0 - gap * (2.0 * far - t)), i2 / max(t, 1.0) * (-2.0 + 24.0 * i2), t > 12.0);
  // log Phi(-t) = -t^2/2 - log sqrt(2 pi) + log mills(t).
  let lower = Half(-0.5 * t * t - 9.189385e-1 + log_accurate(ratio), far, far_w, far_third);
  let log_near = select(-tail * (1.0 + tail * (0.5 + tail * 3.3333333e-1)), log_accurate(1.0 - tail), tail > 0.01);
  let upper = Half(log_near, near, near * (near + t), near * (1.0 - (near + t) * (2.0 * near + t)));
  if (eta < 0.0) {
    return combine(lower, Half(upper.value, -upper.d1, upper.w, -upper.dw), y, m, v);
  }
  return combine(upper, Half(lower.value, -lower.d1, lower.w, -lower.dw), y, m, v);
}
