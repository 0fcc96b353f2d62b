// Conditional mode and sparse factorisation of one whole model, for random terms on several grouping factors. One invocation does one model;
// neighbouring invocations do neighbouring models on the same pattern, so that every access to work space is coalesced.
//
// `starts` holds the pattern (made by src/gpu/sparse-pattern.ts): EFFECT_AT effect of (row, column of Z), PAIR_AT entry of the factor of
// (row, pair of columns), COLUMN_AT first entry of each column, ROW_AT row of each entry, FACTOR_AT / INVERSE_AT first term of each entry,
// TERM_AT / INVERSE_TERM_AT pairs of entries.
// `scratch`, words of one model, each times the number of entries of the round: ETA, RESIDUAL (N each), U, SLOPE, HOP, HOP_SLOPE, T
// (EFFECTS each), FACTOR, OBSERVED, INVERSE (ENTRIES each), BORDER (P x EFFECTS).
#import bindings
#import distribution
#import loading

const MAX_MODE_STEPS = 50u;
const MODE_TOLERANCE = 1.0e-9;
const MODE_ACCEPTED = 1.0e-5;

var<private> entry: u32;
var<private> model: u32;

fn peek(at: u32) -> f32 {
  return scratch[at * job.count + entry];
}

fn poke(at: u32, value: f32) {
  scratch[at * job.count + entry] = value;
}

fn dot_effects(a: u32, b: u32) -> f32 {
  var total = 0.0;
  var block = 0.0;
  for (var j = 0u; j < EFFECTS; j++) {
    block += peek(a + j) * peek(b + j);
    // Blocks of 32: long float32 sums lose digits.
    if ((j & 31u) == 31u) {
      total += block;
      block = 0.0;
    }
  }
  return total + block;
}

fn row_derivatives(row: u32, vector: u32) -> Derivatives {
  let eta = peek(ETA + row) + along(row, vector);
  return distribution(eta, plane(0u, row, model), trials_at(row, model), weight_at(row, model), auxiliary_at(row, model, entry));
}

// l_i' of a vector of effects.
fn along(row: u32, vector: u32) -> f32 {
  let l = loading(row, model);
  var sum = 0.0;
  for (var a = 0u; a < Q; a++) {
    sum += l[a] * peek(vector + starts[EFFECT_AT + row * Q + a]);
  }
  return sum;
}

// Adds l_i times a number to a vector of effects.
fn add_along(row: u32, vector: u32, value: f32) {
  let l = loading(row, model);
  for (var a = 0u; a < Q; a++) {
    let place = vector + starts[EFFECT_AT + row * Q + a];
    poke(place, peek(place) + l[a] * value);
  }
}

// I + L'Z'WZL at u on the pattern of the factor; expected or observed weights.
fn curvature(base: u32, expected: bool) {
  for (var at = 0u; at < ENTRIES; at++) {
    poke(base + at, 0.0);
  }
  for (var j = 0u; j < EFFECTS; j++) {
    poke(base + starts[COLUMN_AT + j], 1.0);
  }
  for (var i = 0u; i < N; i++) {
    let d = row_derivatives(i, U);
    let w = select(d.w, d.we, expected);
    let l = loading(i, model);
    var pair = PAIR_AT + i * LOWER;
    for (var a = 0u; a < Q; a++) {
      for (var b = 0u; b <= a; b++) {
        let place = base + starts[pair];
        poke(place, peek(place) + w * l[a] * l[b]);
        pair++;
      }
    }
  }
}

// Cholesky in place: each entry minus the products of earlier ones that the pattern lists, then divided by the pivot.
fn factorise(base: u32) -> bool {
  var at = 0u;
  for (var j = 0u; j < EFFECTS; j++) {
    let end = starts[COLUMN_AT + j + 1u];
    var root = 1.0;
    let begin = at;
    for (; at < end; at++) {
      var sum = peek(base + at);
      for (var term = starts[FACTOR_AT + at]; term < starts[FACTOR_AT + at + 1u]; term++) {
        sum -= peek(base + starts[TERM_AT + 2u * term]) * peek(base + starts[TERM_AT + 2u * term + 1u]);
      }
      if (at == begin) {
        if (!(sum > 1.0e-30)) {
          return false;
        }
        root = sqrt(sum);
        poke(base + at, root);
      } else {
        poke(base + at, sum / root);
      }
    }
  }
  return true;
}

fn solve_lower(base: u32, vector: u32) {
  for (var j = 0u; j < EFFECTS; j++) {
    let begin = starts[COLUMN_AT + j];
    let value = peek(vector + j) / peek(base + begin);
    poke(vector + j, value);
    for (var at = begin + 1u; at < starts[COLUMN_AT + j + 1u]; at++) {
      let place = vector + starts[ROW_AT + at];
      poke(place, peek(place) - peek(base + at) * value);
    }
  }
}

fn solve_upper(base: u32, vector: u32) {
  for (var step = 0u; step < EFFECTS; step++) {
    let j = EFFECTS - 1u - step;
    let begin = starts[COLUMN_AT + j];
    var sum = peek(vector + j);
    for (var at = begin + 1u; at < starts[COLUMN_AT + j + 1u]; at++) {
      sum -= peek(base + at) * peek(vector + starts[ROW_AT + at]);
    }
    poke(vector + j, sum / peek(base + begin));
  }
}

// Entries of the inverse on the pattern of the factor, from the last column to the first.
fn selected_inverse() {
  for (var step = 0u; step < EFFECTS; step++) {
    let j = EFFECTS - 1u - step;
    let begin = starts[COLUMN_AT + j];
    let end = starts[COLUMN_AT + j + 1u];
    let scale = 1.0 / peek(FACTOR + begin);
    var diagonal = scale * scale;
    for (var at = begin + 1u; at < end; at++) {
      var sum = 0.0;
      for (var term = starts[INVERSE_AT + at]; term < starts[INVERSE_AT + at + 1u]; term++) {
        sum += peek(INVERSE + starts[INVERSE_TERM_AT + 2u * term]) * peek(FACTOR + starts[INVERSE_TERM_AT + 2u * term + 1u]);
      }
      let value = -sum * scale;
      poke(INVERSE + at, value);
      diagonal -= peek(FACTOR + at) * scale * value;
    }
    poke(INVERSE + begin, diagonal);
  }
}

// X beta + offset of all rows.
fn fixed_part() {
  for (var i = 0u; i < N; i++) {
    var eta = offset_at(i, model);
    for (var j = 0u; j < P; j++) {
      eta += x_at(i, j, model) * point[j * job.count + entry];
    }
    poke(ETA + i, eta);
  }
}

// The modes of the entry's model into U; those that are not finite start from zero.
fn load_modes() {
  for (var j = 0u; j < EFFECTS; j++) {
    let start = modes[j * job.models + model];
    poke(U + j, select(start, 0.0, is_bad(start)));
  }
}

fn keep_modes(found: bool) {
  for (var j = 0u; j < EFFECTS; j++) {
    modes[j * job.models + model] = select(0.0, peek(U + j), found);
  }
}

// Damped Newton as in group_mode; false if no mode was found.
fn find_mode() -> bool {
  var started = false;
  var decrement = 1.0e30;
  for (var step = 0u; step < MAX_MODE_STEPS; step++) {
    var inside = true;
    for (var j = 0u; j < EFFECTS; j++) {
      poke(SLOPE + j, -peek(U + j));
    }
    for (var i = 0u; i < N; i++) {
      let d = row_derivatives(i, U);
      inside = inside && d.inside;
      add_along(i, SLOPE, d.d1);
    }
    let fine = inside && !is_bad(dot_effects(SLOPE, SLOPE));
    if (!fine && !started) {
      if (dot_effects(U, U) == 0.0) {
        return false;
      }
      for (var j = 0u; j < EFFECTS; j++) {
        poke(U + j, 0.0);
      }
      continue;
    }
    if (started && (!fine || dot_effects(SLOPE, HOP) < -0.5 * dot_effects(HOP_SLOPE, HOP))) {
      for (var j = 0u; j < EFFECTS; j++) {
        let half = 0.5 * peek(HOP + j);
        poke(HOP + j, half);
        poke(U + j, peek(U + j) - half);
      }
      continue;
    }
    started = true;
    curvature(FACTOR, false);
    let newton = factorise(FACTOR);
    if (!newton) {
      curvature(FACTOR, true);
      if (!factorise(FACTOR)) {
        return false;
      }
    }
    for (var j = 0u; j < EFFECTS; j++) {
      poke(HOP + j, peek(SLOPE + j));
      poke(HOP_SLOPE + j, peek(SLOPE + j));
    }
    solve_lower(FACTOR, HOP);
    solve_upper(FACTOR, HOP);
    decrement = dot_effects(HOP, SLOPE);
    for (var j = 0u; j < EFFECTS; j++) {
      poke(U + j, peek(U + j) + peek(HOP + j));
    }
    if (decrement < select(1.0e-12, MODE_TOLERANCE, newton)) {
      return true;
    }
  }
  return decrement < MODE_ACCEPTED;
}
