// Gradient by the auxiliary predictors: one row's share into the short sums, which begin at AUX_COMPONENT.
#ifdef AUXILIARY
fn add_auxiliary(row: u32, model: u32, slopes: array<f32, AUX>) {
#ifdef THRESHOLDS
  let category = u32(plane(0u, row, model));
  if (category > 1u) {
    accumulated[AUX_COMPONENT + category - 2u] += slopes[0];
  }
  if (category <= CUTS) {
    accumulated[AUX_COMPONENT + category - 1u] += slopes[1];
  }
#else
  for (var k = 0u; k < AUX; k++) {
    for (var j = aux_begin(k); j < aux_begin(k + 1u); j++) {
      accumulated[AUX_COMPONENT + j] += slopes[k] * design[AUX_X_AT + row * AUX_COLUMNS + j];
    }
  }
#endif
}

// Derivative of the log-likelihood by a row's auxiliary values: density, curvature times leverage, and through the score the mode.
// `pulled` is the adjoint's share minus l_i't.
fn auxiliary_slopes(d: Derivatives, density: array<f32, AUX>, half_leverage: f32, pulled: f32) -> array<f32, AUX> {
  var out = array<f32, AUX>();
  for (var k = 0u; k < AUX; k++) {
#ifdef EXPECTED
    out[k] = density[k] - half_leverage * d.a_we[k] + pulled * d.a_score[k];
#else
    out[k] = density[k] - half_leverage * d.a_w[k] + pulled * d.a_score[k];
#endif
  }
  return out;
}
#endif
