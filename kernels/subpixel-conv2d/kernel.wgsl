// SubpixelConv2d (kernels/README.md): an invocation makes four phases of one pixel. After rounding.wgsl.

struct Layer {
  images: u32,
  height: u32,
  width: u32,
  x_zero_point: i32,
  zero: u32,
}

override CIN: u32;
override KH: u32;
override KW: u32;
/// s
override BLOCK: u32;

@group(0) @binding(0) var<uniform> layer: Layer;
/// Codes [images, height, width, CIN], four to a word.
@group(0) @binding(1) var<storage, read> x: array<u32>;
/// [KH, KW, CIN, s² / 4 rounded up]
@group(0) @binding(2) var<storage, read> w: array<vec4<i32>>;
/// [s²]: scale, bias.
@group(0) @binding(3) var<storage, read> phases: array<vec2<f32>>;
/// [s]: weights of the bicubic phases of an axis.
@group(0) @binding(4) var<storage, read> taps: array<vec4<f32>>;
/// [images, height, width]
@group(0) @binding(5) var<storage, read> skip: array<f32>;
/// [images, s · height, s · width]
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

/// Sums of the four phases from 4 · `quad` on.
fn sums(image: u32, row: i32, column: i32, quad: u32) -> vec4<i32> {
  let quads = (BLOCK * BLOCK + 3u) / 4u;
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
      let start = ((image * layer.height + u32(from_row)) * layer.width + u32(from_column)) * CIN;
      let weights = (i * KW + j) * CIN * quads + quad;
      if (CIN % 4u == 0u) {
        for (var word = 0u; word < CIN / 4u; word++) {
          let codes = vec4<i32>(unpack4xU8(x[start / 4u + word])) - layer.x_zero_point;
          let at = weights + word * 4u * quads;
          sum += codes.x * w[at] + codes.y * w[at + quads] + codes.z * w[at + 2u * quads] + codes.w * w[at + 3u * quads];
        }
      } else {
        for (var c = 0u; c < CIN; c++) {
          let code = (x[(start + c) >> 2u] >> (((start + c) & 3u) * 8u)) & 0xffu;
          sum += (i32(code) - layer.x_zero_point) * w[weights + c * quads];
        }
      }
    }
  }
  return sum;
}

/// The bicubic enlargement of `skip` at phase (`i`, `j`) of a pixel: down each column, then across.
fn enlarged(image: u32, row: i32, column: i32, i: u32, j: u32) -> f32 {
  let first_row = row + first_tap(i);
  let first_column = column + first_tap(j);
  let down = taps[i];
  let across = taps[j];
  var total = 0.0;
  for (var n = 0; n < 4; n++) {
    let from_column = clamp(first_column + n, 0, i32(layer.width) - 1);
    var sum = 0.0;
    for (var m = 0; m < 4; m++) {
      let from_row = clamp(first_row + m, 0, i32(layer.height) - 1);
      let sample = skip[(image * layer.height + u32(from_row)) * layer.width + u32(from_column)];
      let product = apart(down[m] * sample, layer.zero);
      sum = select(sum + product, product, m == 0);
    }
    let product = apart(across[n] * sum, layer.zero);
    total = select(total + product, product, n == 0);
  }
  return total;
}

/// Where the taps of a phase begin, from its source sample: ⌊(phase + ½) / s − ½⌋ − 1.
fn first_tap(phase: u32) -> i32 {
  return select(-1, -2, 2u * phase + 1u < BLOCK);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let pixels = layer.images * layer.height * layer.width;
  let quads = (BLOCK * BLOCK + 3u) / 4u;
  if (index >= pixels * quads) {
    return;
  }
  // Quads lie far apart, so that neighbouring invocations read neighbouring pixels.
  let quad = index / pixels;
  let pixel = index % pixels;
  let column = pixel % layer.width;
  let row = pixel / layer.width % layer.height;
  let image = pixel / layer.width / layer.height;
  let sum = sums(image, i32(row), i32(column), quad);
  for (var n = 0u; n < 4u; n++) {
    let phase = 4u * quad + n;
    if (phase >= BLOCK * BLOCK) {
      return;
    }
    let constants = phases[phase];
    let t = affine(f32(sum[n]), constants.x, constants.y, layer.zero);
    let i = phase / BLOCK;
    let j = phase % BLOCK;
    let at = ((image * layer.height + row) * BLOCK + i) * layer.width * BLOCK + column * BLOCK + j;
    y[at] = t + enlarged(image, i32(row), i32(column), i, j);
  }
}
