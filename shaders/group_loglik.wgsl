// Log-likelihood and gradient of many models, one invocation per (entry, run of groups): entry = id % count, run = id / count.
//
// For each group: fixed part, conditional mode, Laplace or adaptive quadrature, exact gradient. Notation of docs/likelihood.md:
// Q_m = C(I/2 + K)C' (`spread`), t, r. Sums of at most 32 rows in float32 go into fixed point (lib/fixed_point).
//
// Results of an invocation: 2 words per component (value, P gradients of beta, the lower triangle of dL/dLambda by columns,
// the auxiliary coefficients) and a status
// word (1: some group has no mode, or a sum left the range), at sums[(component * chunks + run) * count + entry] for each word.
#import group_mode
#import fixed_point
#import auxiliary_gradient

const ROWS_PER_FLUSH = 32u;

var<private> accumulated: array<f32, COMPONENTS>;

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
  accumulated = array<f32, COMPONENTS>();
  var totals = array<vec2<u32>, COMPONENTS>();
  var failed = false;
  var pending = 0u;

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
    let found = find_mode(entry, model, first, end, &u);
    if (job.keep == 1u) {
      for (var a = 0u; a < Q; a++) {
        // A mode that is not finite would poison this model for ever.
        modes[(g * Q + a) * job.models + model] = select(0.0, u[a], found);
      }
    }
    if (!found) {
      failed = true;
      break;
    }

    // Pass 1 at the mode: value, curvatures.
    var h_observed = array<f32, QQ>();
    var h = array<f32, QQ>();
    for (var a = 0u; a < Q; a++) {
      h_observed[a * Q + a] = 1.0;
      h[a * Q + a] = 1.0;
    }
#ifdef SCALAR
    var third = 0.0;
    var adjoint_pull = 0.0;
#endif
#ifndef QUADRATURE
    // What float32 leaves of the slope at the mode: sum l d1 - u.
    var miss = array<f32, Q>();
    for (var a = 0u; a < Q; a++) {
      miss[a] = -u[a];
    }
#endif
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      let d = row_derivatives(scratch[i * job.count + entry] + dot_q(l, u), i, model, entry);
      failed = failed || !d.inside;
#ifdef EXPECTED
      let wc = d.we;
      let dwc = d.dwe;
#else
      let wc = d.w;
      let dwc = d.dw;
#endif
#ifdef QUADRATURE
      scratch[(N + i) * job.count + entry] = d.value;
#endif
      for (var a = 0u; a < Q; a++) {
#ifndef QUADRATURE
        miss[a] += l[a] * d.d1;
#endif
        for (var b = 0u; b <= a; b++) {
          h_observed[a * Q + b] += d.w * l[a] * l[b];
          h[a * Q + b] += wc * l[a] * l[b];
        }
      }
#ifdef SCALAR
      third += l[0] * l[0] * l[0] * dwc;
#ifdef ADJOINT
      adjoint_pull += l[0] * d.w * adjoint_eta(entry, model, i);
#endif
#endif
      accumulated[0] += d.value;
      pending++;
      if (pending == ROWS_PER_FLUSH) {
        pending = 0u;
        failed = !flush(&totals) || failed;
      }
    }
    if (!cholesky(&h_observed) || !cholesky(&h)) {
      failed = true;
      break;
    }
    // C = L^-T (upper triangular), CC' = H^-1.
    var c = array<f32, QQ>();
    var log_determinant = 0.0;
    for (var j = 0u; j < Q; j++) {
      var column = array<f32, Q>();
      column[j] = 1.0;
      solve_upper(&h, &column);
      for (var a = 0u; a < Q; a++) {
        c[a * Q + j] = column[a];
      }
      log_determinant += log_accurate(h[j * Q + j]);
    }
    accumulated[0] -= 0.5 * dot_q(u, u) + log_determinant;

    // middle = I/2 + K; for Laplace K = 0 and there is no bias.
    var middle = array<f32, QQ>();
    for (var a = 0u; a < Q; a++) {
      middle[a * Q + a] = 0.5;
    }
    var t = array<f32, Q>();
    var z_mean1 = array<f32, QQ>();
#ifdef QUADRATURE
    // Probabilities of the nodes; differences of the log-density are taken row by row.
    let node_base = N_PLANES * N * job.count;
    let node_stride = job.count * job.chunks;
    let node_slot = node_base + run * job.count + entry;
    var mass = 0.0;
    for (var k = 0u; k < NODES; k++) {
      var uk = u;
      for (var a = 0u; a < Q; a++) {
        for (var j = a; j < Q; j++) {
          uk[a] += c[a * Q + j] * design[NODES_AT + k * Q + j];
        }
      }
      var exponent = design[NODES_AT + NODES * Q + k];
      for (var a = 0u; a < Q; a++) {
        exponent -= 0.5 * (uk[a] - u[a]) * (uk[a] + u[a]);
      }
      var inside = true;
      for (var i = first; i < end; i++) {
        let d = row_derivatives(scratch[i * job.count + entry] + dot_q(loading(i, model), uk), i, model, entry);
        inside = inside && d.inside;
        exponent += d.value - scratch[(N + i) * job.count + entry];
      }
      let p = select(0.0, exp_accurate(exponent), inside);
      scratch[node_slot + k * node_stride] = p;
      mass += p;
    }
    accumulated[0] += log_accurate(max(mass, 1.0e-37));
    // Moments of tau under the nodes.
    var tau1 = array<f32, Q>();
    var tau2 = array<f32, QQ>();
    for (var k = 0u; k < NODES; k++) {
      let p = scratch[node_slot + k * node_stride] / mass;
      scratch[node_slot + k * node_stride] = p;
      for (var a = 0u; a < Q; a++) {
        tau1[a] += p * design[NODES_AT + k * Q + a];
        for (var b = 0u; b < Q; b++) {
          tau2[a * Q + b] += p * design[NODES_AT + k * Q + a] * design[NODES_AT + k * Q + b];
        }
      }
    }
    // Posterior means of the scores: mean0 = E d1, mean1 = E tau d1; h'(u_k) = sum l d1 - u_k.
    var bias = array<f32, Q>();
    var tau_slope = array<f32, QQ>();
    for (var a = 0u; a < Q; a++) {
      bias[a] = -u[a];
      for (var j = a; j < Q; j++) {
        bias[a] -= c[a * Q + j] * tau1[j];
      }
      for (var b = 0u; b < Q; b++) {
        tau_slope[a * Q + b] = -u[b] * tau1[a];
        for (var j = b; j < Q; j++) {
          tau_slope[a * Q + b] -= c[b * Q + j] * tau2[a * Q + j];
        }
      }
    }
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      var along = array<f32, Q>();
      for (var j = 0u; j < Q; j++) {
        for (var a = 0u; a <= j; a++) {
          along[j] += l[a] * c[a * Q + j];
        }
      }
      let centre = scratch[i * job.count + entry] + dot_q(l, u);
      var mean0 = 0.0;
      var mean1 = array<f32, Q>();
#ifdef AUXILIARY
      var mean_auxiliary = array<f32, AUX>();
#endif
      for (var k = 0u; k < NODES; k++) {
        let p = scratch[node_slot + k * node_stride];
        if (p > 0.0) {
          var eta = centre;
          for (var j = 0u; j < Q; j++) {
            eta += along[j] * design[NODES_AT + k * Q + j];
          }
          let d = row_derivatives(eta, i, model, entry);
          let score = p * d.d1;
          mean0 += score;
#ifdef AUXILIARY
          for (var a = 0u; a < AUX; a++) {
            mean_auxiliary[a] += p * d.a_value[a];
          }
#endif
          for (var a = 0u; a < Q; a++) {
            mean1[a] += score * design[NODES_AT + k * Q + a];
          }
        }
      }
      scratch[(2u * N + i) * job.count + entry] = mean0;
#ifdef AUXILIARY
      for (var a = 0u; a < AUX; a++) {
        scratch[((3u + a) * N + i) * job.count + entry] = mean_auxiliary[a];
      }
#endif
      for (var a = 0u; a < Q; a++) {
        bias[a] += l[a] * mean0;
        let z = z_at(i, a, model);
        for (var b = 0u; b < Q; b++) {
          tau_slope[b * Q + a] += l[a] * mean1[b];
          z_mean1[a * Q + b] += z * mean1[b];
        }
      }
    }
    // A = E tau (C'h')': tau_slope holds E tau h'; K takes the lower triangle of A, halved.
    for (var a = 0u; a < Q; a++) {
      for (var b = 0u; b <= a; b++) {
        var sum = 0.0;
        for (var j = 0u; j <= b; j++) {
          sum += c[j * Q + b] * tau_slope[a * Q + j];
        }
        middle[a * Q + b] += 0.5 * sum;
        if (a != b) {
          middle[b * Q + a] = middle[a * Q + b];
        }
      }
      t[a] = -bias[a];
    }
#endif
    var spread = array<f32, QQ>();
    for (var a = 0u; a < Q; a++) {
      for (var b = 0u; b <= a; b++) {
        var sum = 0.0;
        for (var j = a; j < Q; j++) {
          for (var k = b; k < Q; k++) {
            sum += c[a * Q + j] * middle[j * Q + k] * c[b * Q + k];
          }
        }
        spread[a * Q + b] = sum;
        spread[b * Q + a] = sum;
      }
    }

    // Pass 2: t = H^-1 (sum l (a + v) - bias).
#ifdef SCALAR
    t[0] += spread[0] * third + adjoint_pull;
#else
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      let d = row_derivatives(scratch[i * job.count + entry] + dot_q(l, u), i, model, entry);
      let pull = pull_of(d, l, &spread, entry, model, i);
      for (var a = 0u; a < Q; a++) {
        t[a] += pull * l[a];
      }
    }
#endif
    solve_lower(&h_observed, &t);
    solve_upper(&h_observed, &t);
    // Modes are known to the last digit of u, which is much where groups hold much information: scores are taken the rest of the way to the mode.
    var along = t;
#ifndef QUADRATURE
    solve_lower(&h_observed, &miss);
    solve_upper(&h_observed, &miss);
    for (var a = 0u; a < Q; a++) {
      along[a] -= miss[a];
    }
#endif

    // Pass 3: adjusted scores and gradients.
    var zwz = array<f32, QQ>();
    var z_r = array<f32, Q>();
    var z_d1 = array<f32, Q>();
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      let d = row_derivatives(scratch[i * job.count + entry] + dot_q(l, u), i, model, entry);
#ifdef EXPECTED
      let wc = d.we;
#else
      let wc = d.w;
#endif
#ifdef QUADRATURE
      let score = scratch[(2u * N + i) * job.count + entry];
#else
      let score = d.d1;
#endif
      let r = score - pull_of(d, l, &spread, entry, model, i) + d.w * dot_q(l, along);
      for (var j = 0u; j < P; j++) {
        accumulated[1u + j] += r * x_at(i, j, model);
      }
#ifdef AUXILIARY
#ifdef QUADRATURE
      var density = array<f32, AUX>();
      for (var a = 0u; a < AUX; a++) {
        density[a] = scratch[((3u + a) * N + i) * job.count + entry];
      }
#else
      let density = d.a_value;
#endif
      var pulled = -dot_q(l, along);
#ifdef ADJOINT
      pulled += adjoint_eta(entry, model, i);
#endif
      add_auxiliary(i, model, auxiliary_slopes(d, density, leverage_of(l, &spread), pulled));
#endif
      for (var a = 0u; a < Q; a++) {
        let z = z_at(i, a, model);
        z_r[a] += z * r;
        z_d1[a] += z * d.d1;
        for (var b = 0u; b < Q; b++) {
          zwz[a * Q + b] += z * wc * l[b];
        }
      }
      pending++;
      if (pending == ROWS_PER_FLUSH) {
        pending = 0u;
        failed = !flush(&totals) || failed;
      }
    }
    var at = 1u + P;
    for (var col = 0u; col < Q; col++) {
      for (var row = col; row < Q; row++) {
        var sum = z_r[row] * u[col] - z_d1[row] * t[col];
        for (var a = 0u; a < Q; a++) {
          sum -= 2.0 * zwz[row * Q + a] * spread[a * Q + col];
        }
#ifdef QUADRATURE
        for (var j = col; j < Q; j++) {
          sum += z_mean1[row * Q + j] * c[col * Q + j];
        }
#endif
        accumulated[at] += sum;
        at++;
      }
    }
  }
  failed = !flush(&totals) || failed;
  let stride = job.count * job.chunks;
  let slot = run * job.count + entry;
  for (var k = 0u; k < COMPONENTS; k++) {
    sums[2u * k * stride + slot] = totals[k].x;
    sums[(2u * k + 1u) * stride + slot] = totals[k].y;
  }
  sums[2u * COMPONENTS * stride + slot] = select(0u, 1u, failed);
}

// The short sums into fixed point.
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

// l'Ql: half the leverage of a row with Laplace.
fn leverage_of(l: array<f32, Q>, spread: ptr<function, array<f32, QQ>>) -> f32 {
  var leverage = 0.0;
  for (var a = 0u; a < Q; a++) {
    for (var b = 0u; b < Q; b++) {
      leverage += (*spread)[a * Q + b] * l[a] * l[b];
    }
  }
  return leverage;
}

// a_i + v_i: derivative of the curvature times leverage, and the adjoint's share.
fn pull_of(d: Derivatives, l: array<f32, Q>, spread: ptr<function, array<f32, QQ>>, entry: u32, model: u32, row: u32) -> f32 {
  let leverage = leverage_of(l, spread);
#ifdef EXPECTED
  var pull = d.dwe * leverage;
#else
  var pull = d.dw * leverage;
#endif
#ifdef ADJOINT
  pull += d.w * adjoint_eta(entry, model, row);
#endif
  return pull;
}

#ifdef ADJOINT
// x_i' of the adjoint vector.
fn adjoint_eta(entry: u32, model: u32, row: u32) -> f32 {
  var sum = 0.0;
  for (var j = 0u; j < P; j++) {
    sum += x_at(row, j, model) * point[(ADJOINT_AT + j) * job.count + entry];
  }
  return sum;
}
#endif
