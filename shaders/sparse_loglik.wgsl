// Log-likelihood (Laplace) and gradient of whole models with random terms on several grouping factors: one invocation per entry.
// Mathematics as in src/objective/groups-sparse.ts; results as in group_loglik with a single run. THETA_AT lists, for each theta, its row, its
// column (both among the columns of Z) and its component.
#import sparse_mode
#import fixed_point
#import auxiliary_gradient

const ROWS_PER_FLUSH = 32u;

var<private> accumulated: array<f32, COMPONENTS>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let id = gid.x + gid.y * job.row_size;
  if (id >= job.count) {
    return;
  }
  entry = id;
  model = picked[id];
  load_lambda(entry);
  accumulated = array<f32, COMPONENTS>();
  var totals = array<vec2<u32>, COMPONENTS>();
  fixed_part();
  load_modes();
  let found = find_mode();
  if (job.keep == 1u) {
    keep_modes(found);
  }
  var failed = !found;
  if (found) {
    failed = !gradient(&totals);
  }
  for (var k = 0u; k < COMPONENTS; k++) {
    sums[2u * k * job.count + entry] = totals[k].x;
    sums[(2u * k + 1u) * job.count + entry] = totals[k].y;
  }
  sums[2u * COMPONENTS * job.count + entry] = select(0u, 1u, failed);
}

fn gradient(totals: ptr<function, array<vec2<u32>, COMPONENTS>>) -> bool {
  var fine = true;
#ifdef EXPECTED
  curvature(OBSERVED, false);
  fine = factorise(OBSERVED);
  let solver = OBSERVED;
  curvature(FACTOR, true);
#else
  let solver = FACTOR;
  curvature(FACTOR, false);
#endif
  if (!factorise(FACTOR) || !fine) {
    return false;
  }
  selected_inverse();
  for (var j = 0u; j < EFFECTS; j++) {
    let u = peek(U + j);
    accumulated[0] -= 0.5 * u * u + log_accurate(peek(FACTOR + starts[COLUMN_AT + j]));
    poke(T + j, 0.0);
    poke(SLOPE + j, -u);
    if ((j & 31u) == 31u) {
      fine = flush(totals) && fine;
    }
  }
  // a_i + v_i and t.
  for (var i = 0u; i < N; i++) {
    let d = row_derivatives(i, U);
    fine = fine && d.inside;
    accumulated[0] += d.value;
    let l = loading(i, model);
    var leverage = 0.0;
    var pair = PAIR_AT + i * LOWER;
    for (var a = 0u; a < Q; a++) {
      for (var b = 0u; b <= a; b++) {
        leverage += select(2.0, 1.0, a == b) * l[a] * l[b] * peek(INVERSE + starts[pair]);
        pair++;
      }
    }
#ifdef EXPECTED
    var pull = 0.5 * d.dwe * leverage;
#else
    var pull = 0.5 * d.dw * leverage;
#endif
#ifdef ADJOINT
    pull += d.w * adjoint_eta(i);
#endif
    poke(RESIDUAL + i, pull);
#ifdef AUXILIARY
    poke(LEVERAGE + i, 0.5 * leverage);
#endif
    add_along(i, T, pull);
    add_along(i, SLOPE, d.d1);
    if (i % ROWS_PER_FLUSH == ROWS_PER_FLUSH - 1u) {
      fine = flush(totals) && fine;
    }
  }
  solve_lower(solver, T);
  solve_upper(solver, T);
  // Scores are taken the rest of the way to the mode, as in group_loglik.
  solve_lower(solver, SLOPE);
  solve_upper(solver, SLOPE);
  for (var i = 0u; i < N; i++) {
    let d = row_derivatives(i, U);
#ifdef EXPECTED
    let wc = d.we;
#else
    let wc = d.w;
#endif
    let moved = along(i, T) - along(i, SLOPE);
    let r = d.d1 - peek(RESIDUAL + i) + d.w * moved;
    for (var j = 0u; j < P; j++) {
      accumulated[1u + j] += r * x_at(i, j, model);
    }
#ifdef AUXILIARY
    var pulled = -moved;
#ifdef ADJOINT
    pulled += adjoint_eta(i);
#endif
    add_auxiliary(i, model, auxiliary_slopes(d, d.a_value, peek(LEVERAGE + i), pulled));
#endif
    let l = loading(i, model);
    for (var k = 0u; k < THETAS; k++) {
      let c = starts[THETA_AT + 3u * k + 1u];
      let effect = starts[EFFECT_AT + i * Q + c];
      // (H^-1 l_i)_c on the pairs of the row.
      var spread = 0.0;
      for (var b = 0u; b < Q; b++) {
        let high = max(b, c);
        spread += l[b] * peek(INVERSE + starts[PAIR_AT + i * LOWER + (high * (high + 1u)) / 2u + min(b, c)]);
      }
      accumulated[starts[THETA_AT + 3u * k + 2u]] +=
        z_at(i, starts[THETA_AT + 3u * k], model) * (r * peek(U + effect) - d.d1 * peek(T + effect) - wc * spread);
    }
    if (i % ROWS_PER_FLUSH == ROWS_PER_FLUSH - 1u) {
      fine = flush(totals) && fine;
    }
  }
  return flush(totals) && fine;
}

fn flush(totals: ptr<function, array<vec2<u32>, COMPONENTS>>) -> bool {
  var fine = true;
  for (var k = 0u; k < COMPONENTS; k++) {
    var total = (*totals)[k];
    fine = fixed_add(&total, accumulated[k]) && fine;
    (*totals)[k] = total;
    accumulated[k] = 0.0;
  }
  return fine;
}

#ifdef ADJOINT
// x_i' of the adjoint vector.
fn adjoint_eta(row: u32) -> f32 {
  var sum = 0.0;
  for (var j = 0u; j < P; j++) {
    sum += x_at(row, j, model) * point[(ADJOINT_AT + j) * job.count + entry];
  }
  return sum;
}
#endif
