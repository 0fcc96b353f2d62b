// Test probe: the distribution at rows of arguments (eta, y, trials, weight, the auxiliary values); RESULTS results each: the seven of
// `Derivatives`, then four for each auxiliary value.
#import distribution

@group(0) @binding(0) var<storage, read> arguments: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let start = (4u + AUX) * gid.x;
  if (start >= arrayLength(&arguments)) {
    return;
  }
  var auxiliary = array<f32, AUX>();
  for (var k = 0u; k < AUX; k++) {
    auxiliary[k] = arguments[start + 4u + k];
  }
  let d = distribution(arguments[start], arguments[start + 1u], arguments[start + 2u], arguments[start + 3u], auxiliary);
  let to = RESULTS * gid.x;
  results[to] = select(0.0, 1.0, d.inside);
  results[to + 1u] = d.value;
  results[to + 2u] = d.d1;
  results[to + 3u] = d.w;
  results[to + 4u] = d.dw;
  results[to + 5u] = d.we;
  results[to + 6u] = d.dwe;
#ifdef AUXILIARY
  for (var k = 0u; k < AUX; k++) {
    results[to + 7u + 4u * k] = d.a_value[k];
    results[to + 8u + 4u * k] = d.a_score[k];
    results[to + 9u + 4u * k] = d.a_w[k];
    results[to + 10u + 4u * k] = d.a_we[k];
  }
#endif
}
