// What links of probabilities have in common. Each probability_LINK.wgsl has a function `probability(eta) -> Probability`.
#import derivatives

// A = log mu or B = log(1 - mu) as a function of eta: value, first derivative, minus second, minus third.
struct Half {
  value: f32,
  d1: f32,
  w: f32,
  dw: f32,
}

// mu, 1 - mu and their logarithms, in forms that hold in both tails.
struct Probability {
  inside: bool,
  mu: f32,
  rest: f32,
  a: Half,
  b: Half,
}

// Derivatives of logit mu.
fn logit_slopes(p: Probability) -> Slopes {
  return Slopes(p.a.d1 - p.b.d1, p.b.w - p.a.w, p.b.dw - p.a.dw);
}
