// Complementary log-log link; beyond e^80 it is refused.
#import complementary_log_log

fn probability(eta: f32) -> Probability {
  var p = complementary_log_log(eta, exp_accurate(eta));
  p.inside = eta <= 80.0;
  return p;
}
