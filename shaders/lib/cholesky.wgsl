// Cholesky factorisation of a Q x Q matrix (row-major array<f32, QQ>), lower triangle in place; false if a pivot is not positive.
fn cholesky(a: ptr<function, array<f32, QQ>>) -> bool {
  for (var j = 0u; j < Q; j++) {
    var pivot = (*a)[j * Q + j];
    for (var k = 0u; k < j; k++) {
      pivot -= (*a)[j * Q + k] * (*a)[j * Q + k];
    }
    if (!(pivot > 1.0e-30)) {
      return false;
    }
    let root = sqrt(pivot);
    (*a)[j * Q + j] = root;
    for (var i = j + 1u; i < Q; i++) {
      var sum = (*a)[i * Q + j];
      for (var k = 0u; k < j; k++) {
        sum -= (*a)[i * Q + k] * (*a)[j * Q + k];
      }
      (*a)[i * Q + j] = sum / root;
    }
  }
  return true;
}

// b <- L^-1 b
fn solve_lower(l: ptr<function, array<f32, QQ>>, b: ptr<function, array<f32, Q>>) {
  for (var i = 0u; i < Q; i++) {
    var sum = (*b)[i];
    for (var k = 0u; k < i; k++) {
      sum -= (*l)[i * Q + k] * (*b)[k];
    }
    (*b)[i] = sum / (*l)[i * Q + i];
  }
}

// b <- L^-T b
fn solve_upper(l: ptr<function, array<f32, QQ>>, b: ptr<function, array<f32, Q>>) {
  for (var step = 0u; step < Q; step++) {
    let i = Q - 1u - step;
    var sum = (*b)[i];
    for (var k = i + 1u; k < Q; k++) {
      sum -= (*l)[k * Q + i] * (*b)[k];
    }
    (*b)[i] = sum / (*l)[i * Q + i];
  }
}
