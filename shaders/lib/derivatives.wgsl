// What a distribution gives for one row: log-density (up to a constant of the data), its derivative, observed and expected weight with their
// derivatives; `inside` is false where eta lies outside the domain of the link. Twin of src/families/family.ts. `Derivatives()` is outside.
struct Derivatives {
  inside: bool,
  value: f32,
  d1: f32,
  w: f32,
  dw: f32,
  we: f32,
  dwe: f32,
#ifdef AUXILIARY
  // By each auxiliary value a: of the log-density, of d1, of w and of we.
  a_value: array<f32, AUX>,
  a_score: array<f32, AUX>,
  a_w: array<f32, AUX>,
  a_we: array<f32, AUX>,
#endif
}

// Inside the domain; auxiliary derivatives zero.
fn derivatives(value: f32, d1: f32, w: f32, dw: f32, we: f32, dwe: f32) -> Derivatives {
  var out = Derivatives();
  out.inside = true;
  out.value = value;
  out.d1 = d1;
  out.w = w;
  out.dw = dw;
  out.we = we;
  out.dwe = dwe;
  return out;
}

// Derivatives by eta of the variable in which a family is written (log mu, logit mu).
struct Slopes {
  first: f32,
  second: f32,
  third: f32,
}

// From derivatives by that variable to derivatives by eta.
fn chain(d: Derivatives, s: Slopes) -> Derivatives {
  let first2 = s.first * s.first;
  var out = d;
  out.d1 = d.d1 * s.first;
  out.w = d.w * first2 - d.d1 * s.second;
  out.dw = d.dw * first2 * s.first + 3.0 * d.w * s.first * s.second - d.d1 * s.third;
  out.we = d.we * first2;
  out.dwe = d.dwe * first2 * s.first + 2.0 * d.we * s.first * s.second;
#ifdef AUXILIARY
  for (var k = 0u; k < AUX; k++) {
    out.a_score[k] = d.a_score[k] * s.first;
    out.a_w[k] = d.a_w[k] * first2 - d.a_score[k] * s.second;
    out.a_we[k] = d.a_we[k] * first2;
  }
#endif
  return out;
}

// A row with a prior weight that multiplies its log-density.
fn weighted(d: Derivatives, v: f32) -> Derivatives {
  var out = d;
  out.value *= v;
  out.d1 *= v;
  out.w *= v;
  out.dw *= v;
  out.we *= v;
  out.dwe *= v;
#ifdef AUXILIARY
  for (var k = 0u; k < AUX; k++) {
    out.a_value[k] *= v;
    out.a_score[k] *= v;
    out.a_w[k] *= v;
    out.a_we[k] *= v;
  }
#endif
  return out;
}
