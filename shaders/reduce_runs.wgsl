// Adds the runs of each entry: one invocation per (entry, component), exact in fixed point, so in any order. COMPONENTS pairs of words and
// a status word per entry: sums[(word * chunks + run) * count + entry] -> totals[word * count + entry].
#import fixed_point

struct Shape {
  count: u32,
  chunks: u32,
  row_size: u32,
  unused: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> sums: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let id = gid.x + gid.y * shape.row_size;
  if (id >= shape.count * (COMPONENTS + 1u)) {
    return;
  }
  let entry = id % shape.count;
  let component = id / shape.count;
  let stride = shape.count * shape.chunks;
  if (component == COMPONENTS) {
    var status = 0u;
    for (var run = 0u; run < shape.chunks; run++) {
      status |= sums[2u * COMPONENTS * stride + run * shape.count + entry];
    }
    totals[2u * COMPONENTS * shape.count + entry] = status;
    return;
  }
  var total = vec2<u32>(0u, 0u);
  var fine = true;
  for (var run = 0u; run < shape.chunks; run++) {
    let slot = run * shape.count + entry;
    fine = fixed_join(&total, vec2<u32>(sums[2u * component * stride + slot], sums[(2u * component + 1u) * stride + slot])) && fine;
  }
  if (!fine) {
    total = vec2<u32>(INVALID_LOW, INVALID_HIGH);
  }
  totals[2u * component * shape.count + entry] = total.x;
  totals[(2u * component + 1u) * shape.count + entry] = total.y;
}
