// e to the power of x by the operations of exponential.ts, one by one. After rounding.wgsl.

fn exponential(x: f32, zero: u32) -> f32 {
  let number = (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u;
  let within = select(-87.0, clamp(x, -87.0, 88.0), number);
  let n = floor(apart(within * 1.44269504, zero) + 0.5);
  let r = (within - apart(n * 0.693359375, zero)) - apart(n * -2.1219444e-4, zero);
  var p = 1.98756915e-4;
  p = apart(p * r, zero) + 1.3981999507e-3;
  p = apart(p * r, zero) + 8.3334519073e-3;
  p = apart(p * r, zero) + 4.1665795894e-2;
  p = apart(p * r, zero) + 1.6666665459e-1;
  p = apart(p * r, zero) + 5.0000001201e-1;
  let sum = apart(p * apart(r * r, zero), zero) + r + 1.0;
  return sum * bitcast<f32>(u32(i32(n) + 127) << 23u);
}
