// Bindings and array layouts that the kernels on groups share. Constants from the host: N rows, P fixed effects, Q random effects per level,
// G levels, TRIALS_AT / WEIGHTS_AT / OFFSET_AT / NODES_AT (places in `design`), PLANES_* (places of per-model planes in `responses`).
//
// A plane holds one number per (row, model): plane * N * models + row * models + model, so that neighbouring invocations read neighbouring words.
#import thresholds

struct Job {
  // Entries of this evaluation; loaded models (stride of per-model arrays).
  count: u32,
  models: u32,
  // Groups are cut into `chunks` runs of `per_chunk`; this dispatch does runs [chunk_from, chunk_to).
  chunks: u32,
  per_chunk: u32,
  chunk_from: u32,
  chunk_to: u32,
  // 1: modes found are kept.
  keep: u32,
  // Invocations in one row of workgroups.
  row_size: u32,
}

@group(0) @binding(0) var<uniform> job: Job;
// X (N x P, row-major), Z (N x Q), then the shared columns that exist, the quadrature nodes and weights, the matrices of the auxiliary
// predictors side by side (N x AUX_COLUMNS) and their offsets (N x AUX_LINEAR).
@group(0) @binding(1) var<storage, read> design: array<f32>;
// First row of each group, G + 1 numbers; per model: starts[g * models + model].
@group(0) @binding(2) var<storage, read> starts: array<u32>;
// Planes: y, then the per-model columns that exist.
@group(0) @binding(3) var<storage, read> responses: array<f32>;
// Parameters of each entry: point[c * count + entry], c over beta, the lower triangle of Lambda by columns, the auxiliary coefficients (at
// AUX_AT; thresholds themselves), then the adjoint (at ADJOINT_AT).
@group(0) @binding(4) var<storage, read> point: array<f32>;
// Loaded model of each entry.
@group(0) @binding(5) var<storage, read> picked: array<u32>;
// Conditional modes u[(g * Q + a) * models + model].
@group(0) @binding(6) var<storage, read_write> modes: array<f32>;
// Planes of work space of this evaluation, row * count + entry.
@group(0) @binding(7) var<storage, read_write> scratch: array<f32>;
// Results in fixed point.
@group(0) @binding(8) var<storage, read_write> sums: array<u32>;

fn first_row(g: u32, model: u32) -> u32 {
#ifdef OWN_GROUPS
  return starts[g * job.models + model];
#else
  return starts[g];
#endif
}

fn plane(index: u32, row: u32, model: u32) -> f32 {
  return responses[(index * N + row) * job.models + model];
}

fn x_at(row: u32, column: u32, model: u32) -> f32 {
#ifdef OWN_X
  return plane(PLANE_X + column, row, model);
#else
  return design[row * P + column];
#endif
}

fn z_at(row: u32, column: u32, model: u32) -> f32 {
#ifdef OWN_Z
  return plane(PLANE_Z + column, row, model);
#else
  return design[Z_AT + row * Q + column];
#endif
}

fn trials_at(row: u32, model: u32) -> f32 {
#ifdef OWN_TRIALS
  return plane(PLANE_TRIALS, row, model);
#else
#ifdef HAS_TRIALS
  return design[TRIALS_AT + row];
#else
  return 1.0;
#endif
#endif
}

fn weight_at(row: u32, model: u32) -> f32 {
#ifdef OWN_WEIGHTS
  return plane(PLANE_WEIGHTS, row, model);
#else
#ifdef HAS_WEIGHTS
  return design[WEIGHTS_AT + row];
#else
  return 1.0;
#endif
#endif
}

fn offset_at(row: u32, model: u32) -> f32 {
#ifdef OWN_OFFSET
  return plane(PLANE_OFFSET, row, model);
#else
#ifdef HAS_OFFSET
  return design[OFFSET_AT + row];
#else
  return 0.0;
#endif
#endif
}


// Values of the auxiliary predictors of a row: at most two with matrices of their own, or the thresholds below and above the row's category;
// a zero that nobody reads where there are none.
fn auxiliary_at(row: u32, model: u32, entry: u32) -> array<f32, AUX> {
  var out = array<f32, AUX>();
#ifdef THRESHOLDS
  let category = u32(plane(0u, row, model));
  out[0] = -FAR;
  out[1] = FAR;
  if (category > 1u) {
    out[0] = point[(AUX_AT + category - 2u) * job.count + entry];
  }
  if (category <= CUTS) {
    out[1] = point[(AUX_AT + category - 1u) * job.count + entry];
  }
#else
#ifdef AUXILIARY
  for (var k = 0u; k < AUX; k++) {
#ifdef AUX_OFFSETS
    out[k] = design[AUX_OFFSET_AT + row * AUX + k];
#endif
    for (var j = aux_begin(k); j < aux_begin(k + 1u); j++) {
      out[k] += design[AUX_X_AT + row * AUX_COLUMNS + j] * point[(AUX_AT + j) * job.count + entry];
    }
  }
#endif
#endif
  return out;
}

// First column of predictor k among the columns of all.
fn aux_begin(k: u32) -> u32 {
  return select(select(AUX_COLUMNS, AUX_SECOND, k == 1u), 0u, k == 0u);
}
