// What a family gives for one row: log-density (up to a constant of the data), its derivative, observed and expected weight with their
// derivatives; `inside` is false where eta lies outside the domain of the link. Twin of src/families/family.ts.
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

// A family described by A = log mu and B = log(1 - mu): value, first derivative, minus second, minus third.
struct Half {
  value: f32,
  d1: f32,
  w: f32,
  dw: f32,
}

// Binomial row from its halves; a half with count zero is left out, its logarithm may be huge.
fn combine(a: Half, b: Half, y: f32, m: f32, v: f32) -> Derivatives {
  let s = v * y;
  let f = v * (m - y);
  var out = Derivatives(true, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  if (s > 0.0) {
    out.value += s * a.value;
    out.d1 += s * a.d1;
    out.w += s * a.w;
    out.dw += s * a.dw;
  }
  if (f > 0.0) {
    out.value += f * b.value;
    out.d1 += f * b.d1;
    out.w += f * b.w;
    out.dw += f * b.dw;
  }
  out.we = -v * m * a.d1 * b.d1;
  out.dwe = v * m * (a.w * b.d1 + a.d1 * b.w);
  return out;
}
