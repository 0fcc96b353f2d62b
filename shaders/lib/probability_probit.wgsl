// Probit link, through the hazard phi/Phi; twin of the float64 family. With gap = hazard - t in the lower tail:
// -(log Phi)'' = hazard gap, -(log Phi)''' = hazard (1 - gap (t + 2 gap)), a difference that vanishes like -2/t^4: from t = 10 on its
// asymptotic series.
#import math
#import probability

fn probability(eta: f32) -> Probability {
  let t = abs(eta);
  let gap = hazard_gap(t);
  let far = t + gap;
  let density = 3.9894228e-1 * exp_accurate(-0.5 * t * t);
  let tail = density / far;
  let near = density / (1.0 - tail);
  let i2 = 1.0 / max(t * t, 1.0);
  let far_series = i2 / max(t, 1.0) * (-2.0 + i2 * (24.0 - i2 * (300.0 - i2 * 4144.0)));
  let far_third = select(far * (1.0 - gap * (t + 2.0 * gap)), far_series, t > 10.0);
  // log Phi(-t) = -t^2/2 - log sqrt(2 pi) - log hazard.
  let lower = Half(-0.5 * t * t - 9.189385e-1 - log_accurate(far), far, far * gap, far_third);
  let upper = Half(log1m_half(tail), near, near * (near + t), near * (1.0 - (near + t) * (2.0 * near + t)));
  if (eta < 0.0) {
    return Probability(true, tail, 1.0 - tail, lower, Half(upper.value, -upper.d1, upper.w, -upper.dw));
  }
  return Probability(true, 1.0 - tail, tail, upper, Half(lower.value, -lower.d1, lower.w, -lower.dw));
}
