// Sums that no compiler may reorder: 64-bit two's complement with 32 fractional bits in two words (low, high).
// Range 2^31, resolution 2.3e-10. Short float32 sums go in; the totals are exact whatever the number of groups, chunks or their order.
#import math

// Adds x; false (nothing added) where x is not finite or out of range.
fn fixed_add(total: ptr<function, vec2<u32>>, x: f32) -> bool {
  if (is_bad(x) || abs(x) >= 1.0e9) {
    return false;
  }
  var whole = floor(x);
  var part = x - whole;
  // A tiny negative number: its distance from -1 rounds to 1.
  if (part >= 1.0) {
    whole += 1.0;
    part = 0.0;
  }
  let low = (*total).x + u32(part * 4294967296.0);
  let carry = select(0u, 1u, low < (*total).x);
  *total = vec2<u32>(low, (*total).y + bitcast<u32>(i32(whole)) + carry);
  return true;
}

// Adds another fixed-point number.
fn fixed_join(total: ptr<function, vec2<u32>>, other: vec2<u32>) {
  let low = (*total).x + other.x;
  let carry = select(0u, 1u, low < other.x);
  *total = vec2<u32>(low, (*total).y + other.y + carry);
}
