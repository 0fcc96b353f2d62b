// Test probe: each invocation adds TERMS float32 numbers in fixed point; three words out: low, high, 1 if all could be added.
// With JOIN the second half is summed on its own and joined to the first.
#import fixed_point

@group(0) @binding(0) var<storage, read> arguments: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let first = gid.x * TERMS;
  if (first >= arrayLength(&arguments)) {
    return;
  }
  var fine = true;
  var total = vec2<u32>(0u, 0u);
#ifdef JOIN
  var other = vec2<u32>(0u, 0u);
  for (var k = 0u; k < TERMS / 2u; k++) {
    fine = fixed_add(&total, arguments[first + k]) && fine;
    fine = fixed_add(&other, arguments[first + TERMS / 2u + k]) && fine;
  }
  fine = fixed_join(&total, other) && fine;
#else
  for (var k = 0u; k < TERMS; k++) {
    fine = fixed_add(&total, arguments[first + k]) && fine;
  }
#endif
  results[3u * gid.x] = total.x;
  results[3u * gid.x + 1u] = total.y;
  results[3u * gid.x + 2u] = select(0u, 1u, fine);
}
