// Test probe: one function of lib/gamma, chosen by FUNCTION, at each pair of arguments; four results each.
#import gamma

@group(0) @binding(0) var<storage, read> arguments: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read_write> results: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  if (gid.x >= arrayLength(&arguments)) {
    return;
  }
  let x = arguments[gid.x].x;
  let k = arguments[gid.x].y;
  switch FUNCTION {
    case 0u: {
      let b = binet(x);
      results[gid.x] = vec4<f32>(b.value, b.first, b.second, b.third);
    }
    case 1u: {
      let e = rising_excess(x, k);
      results[gid.x] = vec4<f32>(e.value, e.slope, 0.0, 0.0);
    }
    default: {
      let r = rising(x, k);
      results[gid.x] = vec4<f32>(r.first, r.second, r.third, 0.0);
    }
  }
}
