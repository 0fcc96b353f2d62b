// The distribution of a response: a family, without its zeros and with zeros of another source where the variant says so.
#import family
#ifdef TRUNCATED
#import truncated
#endif
#ifdef ZERO_INFLATED
#import zero_inflated
#endif
#ifdef HURDLE
#import hurdle
#endif

fn distribution(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
#ifdef ZERO_INFLATED
  return weighted(zero_inflated(eta, y, m, auxiliary), v);
#else
#ifdef HURDLE
  return hurdle(eta, y, m, v, auxiliary);
#else
  return conditional(eta, y, m, v, auxiliary);
#endif
#endif
}

// The part that a row's mean belongs to.
fn conditional(eta: f32, y: f32, m: f32, v: f32, auxiliary: array<f32, AUX>) -> Derivatives {
#ifdef TRUNCATED
  return weighted(truncated(eta, y, m, auxiliary), v);
#else
  return family(eta, y, m, v, auxiliary);
#endif
}
