// Test probe: one function of lib/math, chosen by FUNCTION, at each pair of arguments (most functions look at the first only).
#import math

@group(0) @binding(0) var<storage, read> arguments: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  if (gid.x >= arrayLength(&arguments)) {
    return;
  }
  let x = arguments[gid.x].x;
  var value = 0.0;
  switch FUNCTION {
    case 0u: { value = exp_accurate(x); }
    case 1u: { value = expm1_accurate(x); }
    case 2u: { value = log1p_unit(x); }
    case 3u: { value = log_accurate(x); }
    case 4u: { value = log1m_half(x); }
    case 5u: { value = log_ratio_excess(x, arguments[gid.x].y); }
    case 6u: { value = log1mexp(x); }
    case 7u: { value = hazard_gap(x); }
    case 8u: { value = atan_positive(x); }
    default: { value = select(0.0, 1.0, is_bad(x)); }
  }
  results[gid.x] = value;
}
