// QuantizedConv2d (kernels/README.md): an invocation makes one word of the output. After rounding.wgsl.

struct Layer {
  images: u32,
  height: u32,
  width: u32,
  x_levels: f32,
  y_zero_point: f32,
  zero: u32,
}

override COUT: u32;
override KH: u32;
override KW: u32;
override RELU: bool = false;

@group(0) @binding(0) var<uniform> layer: Layer;
/// [images, height, width]
@group(0) @binding(1) var<storage, read> x: array<f32>;
/// [KH, KW, COUT / 4 rounded up]
@group(0) @binding(2) var<storage, read> w: array<vec4<i32>>;
/// [COUT]: scale, bias.
@group(0) @binding(3) var<storage, read> channels: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

const MOST = 32767.0;

/// A sample in whole numbers; what is no number gives the least.
fn whole(sample: f32) -> i32 {
  let t = sample * layer.x_levels;
  let number = (bitcast<u32>(t) & 0x7fffffffu) <= 0x7f800000u;
  return select(-32767, i32(round(clamp(t, -MOST, MOST))), number);
}

/// Sums of channels 4 · `quad` to 4 · `quad` + 3 at a pixel.
fn sums(pixel: u32, quad: u32) -> vec4<i32> {
  let column = i32(pixel % layer.width);
  let row = i32(pixel / layer.width % layer.height);
  let image = pixel / layer.width / layer.height;
  var sum = vec4<i32>(0);
  for (var i = 0u; i < KH; i++) {
    let from_row = row + i32(i) - i32(KH / 2u);
    if (from_row < 0 || from_row >= i32(layer.height)) {
      continue;
    }
    for (var j = 0u; j < KW; j++) {
      let from_column = column + i32(j) - i32(KW / 2u);
      if (from_column < 0 || from_column >= i32(layer.width)) {
        continue;
      }
      let sample = x[(image * layer.height + u32(from_row)) * layer.width + u32(from_column)];
      sum += whole(sample) * w[(i * KW + j) * ((COUT + 3u) / 4u) + quad];
    }
  }
  return sum;
}

fn coded(sum: i32, channel: u32) -> u32 {
  let constants = channels[channel];
  var t = affine(f32(sum), constants.x, constants.y, layer.zero);
  if (RELU) {
    t = max(t, 0.0);
  }
  return u32(clamp(round(t) + layer.y_zero_point, 0.0, 255.0));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let elements = layer.images * layer.height * layer.width * COUT;
  if (index >= (elements + 3u) / 4u) {
    return;
  }
  let first = 4u * index;
  if (COUT % 4u == 0u) {
    // All four codes are of one pixel.
    let channel = first % COUT;
    let sum = sums(first / COUT, channel / 4u);
    y[index] = coded(sum.x, channel)
      | (coded(sum.y, channel + 1u) << 8u)
      | (coded(sum.z, channel + 2u) << 16u)
      | (coded(sum.w, channel + 3u) << 24u);
    return;
  }
  var word = 0u;
  for (var element = first; element < min(first + 4u, elements); element++) {
    let channel = element % COUT;
    let sum = sums(element / COUT, channel / 4u);
    word |= coded(sum[channel & 3u], channel) << ((element & 3u) * 8u);
  }
  y[index] = word;
}
