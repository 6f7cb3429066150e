// What an adder layer does with a sum (kernels/README.md), in the order of the reference.

struct Layer {
  // Input and output, NHWC.
  images: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  pad_top: u32,
  pad_left: u32,
  pad_code: u32,
  // Epilogue.
  residual_scale: f32,
  power: f32,
  power_gain: f32,
  y_zero_point: f32,
  // Keeps operations apart (rounding.wgsl).
  zero: u32,
}

override CIN: u32;
override COUT: u32;
override KH: u32;
override KW: u32;
/// 0 none, 1 ReLU, 2 PReLU.
override ACTIVATION: u32 = 0u;
override RESIDUAL: bool = false;
override POWER: bool = false;

@group(0) @binding(0) var<uniform> layer: Layer;
/// Codes, four to a word.
@group(0) @binding(1) var<storage, read> x: array<u32>;
/// [COUT]: scale, bias, slope.
@group(0) @binding(3) var<storage, read> channels: array<vec4<f32>>;

/// `t` as a code, still a float.
fn activated(sum: f32, channel: u32, residual: f32) -> f32 {
  let constants = channels[channel];
  var t = affine(sum, constants.x, constants.y, layer.zero);
  if (RESIDUAL) {
    t = t + apart(residual * layer.residual_scale, layer.zero);
  }
  if (ACTIVATION == 1u) {
    t = max(t, 0.0);
  } else if (ACTIVATION == 2u) {
    t = select(t, t * constants.z, t < 0.0);
  }
  if (POWER) {
    t = select(layer.power_gain * sign(t) * pow(abs(t), layer.power), 0.0, t == 0.0);
  }
  return t;
}

fn coded(t: f32) -> u32 {
  return u32(clamp(round(t) + layer.y_zero_point, 0.0, 255.0));
}

/// Four codes to a word.
fn coded4(t: vec4<f32>) -> u32 {
  return pack4xU8(vec4<u32>(clamp(round(t) + layer.y_zero_point, vec4<f32>(0.0), vec4<f32>(255.0))));
}
