// Sums that no compiler may reorder: 64-bit two's complement with 32 fractional bits in two words (low, high).
// Range 2^31, resolution 2.3e-10. Short float32 sums go in; the totals are exact whatever the number of groups, chunks or their order.
// A sum that left the range is stored as (INVALID_LOW, INVALID_HIGH), which the host reads as not a number.
#import math

// Adds x; false (nothing added) where x is not finite or the sum would leave the range.
fn fixed_add(total: ptr<function, vec2<u32>>, x: f32) -> bool {
  let size = abs(x);
  if (is_bad(x) || size >= 1.0e9) {
    return false;
  }
  // From the magnitude: its fraction is exact in float32, that of a negative number would be rounded.
  let whole = floor(size);
  var word = vec2<u32>(u32((size - whole) * 4294967296.0), u32(whole));
  if (x < 0.0) {
    word = vec2<u32>(~word.x + 1u, ~word.y + select(0u, 1u, word.x == 0u));
  }
  return fixed_join(total, word);
}

// Adds another fixed-point number; false (nothing added) where the sum would leave the range.
fn fixed_join(total: ptr<function, vec2<u32>>, other: vec2<u32>) -> bool {
  let low = (*total).x + other.x;
  let high = (*total).y + other.y + select(0u, 1u, low < other.x);
  // Two numbers of one sign whose sum has the other.
  if ((((*total).y ^ high) & (other.y ^ high)) >= 0x80000000u) {
    return false;
  }
  *total = vec2<u32>(low, high);
  return true;
}
