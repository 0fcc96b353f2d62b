// Conditional mode of one group of one entry: damped Newton from a start, compared by gradients, never by values (float32 cannot tell).
#import bindings
#import distribution
#import loading
#import cholesky

// Newton steps at most; 3 to 6 are usual.
const MAX_MODE_STEPS = 50u;
// Newton decrement (step^2 * curvature) at which the step is the last one.
const MODE_TOLERANCE = 1.0e-9;
// What is still a mode when rounding keeps the decrement from falling further.
const MODE_ACCEPTED = 1.0e-5;

fn dot_q(a: array<f32, Q>, b: array<f32, Q>) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < Q; k++) {
    sum += a[k] * b[k];
  }
  return sum;
}

fn row_derivatives(eta: f32, row: u32, model: u32, entry: u32) -> Derivatives {
  return distribution(eta, plane(0u, row, model), trials_at(row, model), weight_at(row, model), auxiliary_at(row, model, entry));
}

// scratch plane 0: X beta + offset of the rows of a group.
fn fixed_part(entry: u32, model: u32, first: u32, end: u32) {
  for (var i = first; i < end; i++) {
    var eta = offset_at(i, model);
    for (var j = 0u; j < P; j++) {
      eta += x_at(i, j, model) * point[j * job.count + entry];
    }
    scratch[i * job.count + entry] = eta;
  }
}

// Moves `u` to the mode; false if none was found.
fn find_mode(entry: u32, model: u32, first: u32, end: u32, u: ptr<function, array<f32, Q>>) -> bool {
  var hop = array<f32, Q>();
  var hop_slope = array<f32, Q>();
  var started = false;
  var decrement = 1.0e30;
  for (var step = 0u; step < MAX_MODE_STEPS; step++) {
    var slope = array<f32, Q>();
    var h = array<f32, QQ>();
#ifdef NONCANONICAL
    var fisher = array<f32, QQ>();
#endif
    var inside = true;
    for (var a = 0u; a < Q; a++) {
      slope[a] = -(*u)[a];
      h[a * Q + a] = 1.0;
#ifdef NONCANONICAL
      fisher[a * Q + a] = 1.0;
#endif
    }
    for (var i = first; i < end; i++) {
      let l = loading(i, model);
      let d = row_derivatives(scratch[i * job.count + entry] + dot_q(l, *u), i, model, entry);
      inside = inside && d.inside;
      for (var a = 0u; a < Q; a++) {
        slope[a] += l[a] * d.d1;
        for (var b = 0u; b <= a; b++) {
          h[a * Q + b] += d.w * l[a] * l[b];
#ifdef NONCANONICAL
          fisher[a * Q + b] += d.we * l[a] * l[b];
#endif
        }
      }
    }
    let fine = inside && !is_bad(dot_q(slope, slope));
    if (!fine && !started) {
      if (dot_q(*u, *u) == 0.0) {
        return false;
      }
      *u = array<f32, Q>();
      continue;
    }
    // The slope has turned against the last step by more than half of what it was: too far, half way back.
    if (started && (!fine || dot_q(slope, hop) < -0.5 * dot_q(hop_slope, hop))) {
      for (var a = 0u; a < Q; a++) {
        hop[a] *= 0.5;
        (*u)[a] -= hop[a];
      }
      continue;
    }
    started = true;
    var newton = cholesky(&h);
    if (!newton) {
#ifdef NONCANONICAL
      h = fisher;
      if (!cholesky(&h)) {
        return false;
      }
#else
      return false;
#endif
    }
    hop = slope;
    hop_slope = slope;
    solve_lower(&h, &hop);
    solve_upper(&h, &hop);
    decrement = dot_q(hop, slope);
    for (var a = 0u; a < Q; a++) {
      (*u)[a] += hop[a];
    }
    // With the expected curvature convergence is linear only: ask for more.
    if (decrement < select(1.0e-12, MODE_TOLERANCE, newton)) {
      return true;
    }
  }
  return decrement < MODE_ACCEPTED;
}
