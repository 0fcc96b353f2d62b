// One invocation per (model, group): the pass of problem.mjs. Constants: P, GROUPS, PER_GROUP, MODELS; AUX, of which this family reads none.
#import family

struct Unused {
  nothing: u32,
}

@group(0) @binding(0) var<uniform> unused: Unused;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
// Coefficients [j * MODELS + model], then the effects of the groups [(P + g) * MODELS + model].
@group(0) @binding(3) var<storage, read> point: array<f32>;
@group(0) @binding(4) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let model = id.x;
  let g = id.y;
  if (model >= MODELS) {
    return;
  }
  let effect = point[(P + g) * MODELS + model];
  var score = 0.0;
  var weight = 0.0;
  var value = 0.0;
  for (var row = g * PER_GROUP; row < (g + 1u) * PER_GROUP; row++) {
    var eta = effect;
    for (var j = 0u; j < P; j++) {
      eta += x[row * P + j] * point[j * MODELS + model];
    }
    let d = family(eta, y[row * MODELS + model], 1.0, 1.0, array<f32, AUX>());
    score += d.d1;
    weight += d.w;
    value += d.value;
  }
  let at = (g * MODELS + model) * 3u;
  results[at] = score;
  results[at + 1u] = weight;
  results[at + 2u] = -2.0 * value + f32(unused.nothing);
}
