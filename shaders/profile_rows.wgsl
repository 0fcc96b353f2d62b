// First half of a profile: conditional modes of an entry's groups (not kept), and at them d1 (scratch plane 1; taken the rest of the way to the mode, as in
// group_loglik), the weight (plane 2) and the Cholesky factor of each group's curvature, scratch[(3N + (g * Q + a) * Q + b) * count + entry]. One
// invocation per (entry, run of groups); status words as in group_loglik at sums[run * count + entry].
#import group_mode

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let id = gid.x + gid.y * job.row_size;
  if (id >= job.count * (job.chunk_to - job.chunk_from)) {
    return;
  }
  let entry = id % job.count;
  let run = job.chunk_from + id / job.count;
  let model = picked[entry];
  load_lambda(entry);
  var failed = false;
  let last_group = min((run + 1u) * job.per_chunk, G);
  for (var g = run * job.per_chunk; g < last_group; g++) {
    let first = first_row(g, model);
    let end = first_row(g + 1u, model);
    fixed_part(entry, model, first, end);
    var u = array<f32, Q>();
    for (var a = 0u; a < Q; a++) {
      let start = modes[(g * Q + a) * job.models + model];
      u[a] = select(start, 0.0, is_bad(start));
    }
    failed = !find_mode(entry, model, first, end, &u) || failed;
    var h = array<f32, QQ>();
    var miss = array<f32, Q>();
    for (var a = 0u; a < Q; a++) {
      h[a * Q + a] = 1.0;
      miss[a] = -u[a];
    }
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      let d = row_derivatives(scratch[i * job.count + entry] + dot_q(l, u), i, model, entry);
#ifdef EXPECTED
      let w = d.we;
#else
      let w = d.w;
#endif
      scratch[(N + i) * job.count + entry] = d.d1;
      scratch[(2u * N + i) * job.count + entry] = w;
      for (var a = 0u; a < Q; a++) {
        miss[a] += l[a] * d.d1;
        for (var b = 0u; b <= a; b++) {
          h[a * Q + b] += w * l[a] * l[b];
        }
      }
    }
    failed = !cholesky(&h) || failed;
    solve_lower(&h, &miss);
    solve_upper(&h, &miss);
    for (var i = first; i < end; i++) {
      scratch[(N + i) * job.count + entry] -= scratch[(2u * N + i) * job.count + entry] * dot_q(loading(i, model), miss);
    }
    for (var a = 0u; a < QQ; a++) {
      scratch[(3u * N + g * QQ + a) * job.count + entry] = h[a];
    }
  }
  sums[run * job.count + entry] = select(0u, 1u, failed);
}
