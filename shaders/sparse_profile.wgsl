// X'd1 (taken to the mode as in group_loglik) and X'WX - X'WZL H^-1 L'Z'WX at the mode of whole models with several grouping factors: one invocation per entry. Layout of the results
// as profile_rows and profile_sums leave it with a single run: a status word, then P + P (P + 1) / 2 fixed-point numbers.
#import sparse_mode
#import fixed_point

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let id = gid.x + gid.y * job.row_size;
  if (id >= job.count) {
    return;
  }
  entry = id;
  model = picked[id];
  load_lambda(entry);
  fixed_part();
  load_modes();
  var failed = !find_mode();
#ifdef EXPECTED
  curvature(FACTOR, true);
#else
  curvature(FACTOR, false);
#endif
  failed = !factorise(FACTOR) || failed;
  for (var e = 0u; e < EFFECTS; e++) {
    poke(SLOPE + e, -peek(U + e));
  }
  for (var i = 0u; i < N; i++) {
    add_along(i, SLOPE, row_derivatives(i, U).d1);
  }
  solve_lower(FACTOR, SLOPE);
  for (var j = 0u; j < P; j++) {
    let border = BORDER + j * EFFECTS;
    for (var e = 0u; e < EFFECTS; e++) {
      poke(border + e, 0.0);
    }
    for (var i = 0u; i < N; i++) {
      add_along(i, border, x_at(i, j, model) * weight_of(i));
    }
    solve_lower(FACTOR, border);
    var score = vec2<u32>(0u, 0u);
    var short = 0.0;
    for (var i = 0u; i < N; i++) {
      short += x_at(i, j, model) * row_derivatives(i, U).d1;
      if ((i & 31u) == 31u) {
        failed = !fixed_add(&score, short) || failed;
        short = 0.0;
      }
    }
    failed = !fixed_add(&score, short - dot_effects(border, SLOPE)) || failed;
    store(j, score);
    for (var k = 0u; k <= j; k++) {
      var total = vec2<u32>(0u, 0u);
      short = 0.0;
      for (var i = 0u; i < N; i++) {
        short += x_at(i, j, model) * x_at(i, k, model) * weight_of(i);
        if ((i & 31u) == 31u) {
          failed = !fixed_add(&total, short) || failed;
          short = 0.0;
        }
      }
      short -= dot_effects(border, BORDER + k * EFFECTS);
      failed = !fixed_add(&total, short) || failed;
      store(P + (j * (j + 1u)) / 2u + k, total);
    }
  }
  sums[entry] = select(0u, 1u, failed);
}

fn weight_of(row: u32) -> f32 {
  let d = row_derivatives(row, U);
#ifdef EXPECTED
  return d.we;
#else
  return d.w;
#endif
}

fn store(component: u32, total: vec2<u32>) {
  sums[(1u + 2u * component) * job.count + entry] = total.x;
  sums[(2u + 2u * component) * job.count + entry] = total.y;
}
