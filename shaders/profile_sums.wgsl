// Second half of a profile: one invocation per (entry, component). Components 0 … P - 1: X'd1. Then the lower triangle by rows of
// X'WX - X'WZL H^-1 L'Z'WX, which with B = H^-1 L'Z'WX is (X - ZLB)'W(X - ZLB) + B'B: a sum in which nothing cancels where groups hold much
// information. Fixed-point results and no status, at sums[(OUT_AT + 2 * component + word) * count + entry].
#import group_mode
#import fixed_point

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let id = gid.x + gid.y * job.row_size;
  if (id >= job.count * COMPONENTS) {
    return;
  }
  let entry = id % job.count;
  let component = id / job.count;
  let model = picked[entry];
  load_lambda(entry);
  var j = component;
  var k = 0u;
  let score = component < P;
  if (!score) {
    // component - P = j (j + 1) / 2 + k
    var rest = component - P;
    j = 0u;
    while (rest > j) {
      j++;
      rest -= j;
    }
    k = rest;
  }
  var total = vec2<u32>(0u, 0u);
  var fine = true;
  var short = 0.0;
  var pending = 0u;
  for (var g = 0u; g < G; g++) {
    let first = first_row(g, model);
    let end = first_row(g + 1u, model);
    var left = array<f32, Q>();
    var right = array<f32, Q>();
    for (var i = first; i < end; i++) {
      let xj = x_at(i, j, model);
      if (score) {
        short += xj * scratch[(N + i) * job.count + entry];
        pending++;
      } else {
        let w = scratch[(2u * N + i) * job.count + entry];
        let l = loading(i, model);
        let xk = x_at(i, k, model);
        for (var a = 0u; a < Q; a++) {
          left[a] += w * xj * l[a];
          right[a] += w * xk * l[a];
        }
      }
      if (pending == 32u) {
        pending = 0u;
        fine = fixed_add(&total, short) && fine;
        short = 0.0;
      }
    }
    if (!score) {
      var h = array<f32, QQ>();
      for (var a = 0u; a < QQ; a++) {
        h[a] = scratch[(3u * N + g * QQ + a) * job.count + entry];
      }
      solve_lower(&h, &left);
      solve_upper(&h, &left);
      solve_lower(&h, &right);
      solve_upper(&h, &right);
      short += dot_q(left, right);
      for (var i = first; i < end; i++) {
        let l = loading(i, model);
        let w = scratch[(2u * N + i) * job.count + entry];
        short += w * (x_at(i, j, model) - dot_q(l, left)) * (x_at(i, k, model) - dot_q(l, right));
        pending++;
        if (pending == 32u) {
          pending = 0u;
          fine = fixed_add(&total, short) && fine;
          short = 0.0;
        }
      }
    }
  }
  fine = fixed_add(&total, short) && fine;
  if (!fine) {
    total = vec2<u32>(INVALID_LOW, INVALID_HIGH);
  }
  sums[(OUT_AT * job.chunks + 2u * component) * job.count + entry] = total.x;
  sums[(OUT_AT * job.chunks + 2u * component + 1u) * job.count + entry] = total.y;
}
