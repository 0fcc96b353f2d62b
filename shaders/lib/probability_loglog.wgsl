// Log-log link: the complementary log-log link of -eta with the two outcomes exchanged.
#import complementary_log_log

fn probability(eta: f32) -> Probability {
  let p = complementary_log_log(-eta, exp_accurate(-eta));
  return Probability(-eta <= 80.0, p.rest, p.mu, mirrored(p.b), mirrored(p.a));
}

// As a function of minus its argument.
fn mirrored(h: Half) -> Half {
  return Half(h.value, -h.d1, h.w, -h.dw);
}
