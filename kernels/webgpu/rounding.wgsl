// What keeps single operations single. WGSL lets a compiler fuse a product with the sum that follows it, and a value that
// takes part in integer arithmetic is what it can't fuse: `zero` is a uniform that holds 0.

fn apart(t: f32, zero: u32) -> f32 {
  return bitcast<f32>(bitcast<u32>(t) ^ zero);
}

/// Product rounded, then sum rounded.
fn affine(value: f32, scale: f32, offset: f32, zero: u32) -> f32 {
  return apart(value * scale, zero) + offset;
}

/// To a code from 0 to `most`: half to even; what is no number gives 0.
fn code_of(t: f32, most: f32) -> u32 {
  let bits = bitcast<u32>(t) & 0x7fffffffu;
  return select(0u, u32(round(clamp(t, 0.0, most))), bits <= 0x7f800000u);
}
