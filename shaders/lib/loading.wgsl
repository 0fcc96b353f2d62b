// Lambda of an entry and the loadings z_i' Lambda of a row.
#import bindings

var<private> lambda: array<f32, QQ>;

// From the lower triangle that follows beta.
fn load_lambda(entry: u32) {
  lambda = array<f32, QQ>();
  var at = P;
  for (var c = 0u; c < Q; c++) {
    for (var r = c; r < Q; r++) {
      lambda[r * Q + c] = point[at * job.count + entry];
      at++;
    }
  }
}

fn loading(row: u32, model: u32) -> array<f32, Q> {
  var out = array<f32, Q>();
  for (var r = 0u; r < Q; r++) {
    let z = z_at(row, r, model);
    for (var c = 0u; c <= r; c++) {
      out[c] += lambda[r * Q + c] * z;
    }
  }
  return out;
}
