// Test probe: the family at rows of four arguments (eta, y, trials, weight), seven results each in the order of `Derivatives`.
#import family

@group(0) @binding(0) var<storage, read> arguments: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let i = gid.x;
  if (4u * i >= arrayLength(&arguments)) {
    return;
  }
  let d = family(arguments[4u * i], arguments[4u * i + 1u], arguments[4u * i + 2u], arguments[4u * i + 3u]);
  results[7u * i] = select(0.0, 1.0, d.inside);
  results[7u * i + 1u] = d.value;
  results[7u * i + 2u] = d.d1;
  results[7u * i + 3u] = d.w;
  results[7u * i + 4u] = d.dw;
  results[7u * i + 5u] = d.we;
  results[7u * i + 6u] = d.dwe;
}
