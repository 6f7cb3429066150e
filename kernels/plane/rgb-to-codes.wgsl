// Planar red, green and blue to codes of one plane (colour-reference.ts): the matrix, then chroma across, then down. An
// invocation makes one word. After rounding.wgsl and codes.wgsl.

struct Work {
  /// Of the picture, which is at the upper left of `rgb`.
  width: u32,
  /// Samples of a row and of a plane of `rgb`.
  rgb_width: u32,
  rgb_area: u32,
  /// Of the plane that is made.
  out_width: u32,
  out_height: u32,
  red: f32,
  green: f32,
  blue: f32,
  /// Of a difference of colours; codes are value · span + zero_code.
  spread: f32,
  span: f32,
  zero_code: f32,
  most: f32,
  zero: u32,
}

override WIDE: bool = false;
/// 0 luma, 1 Cb, 2 Cr.
override PLANE: u32;
override TAPS_DOWN: u32 = 1u;
override TAPS_ACROSS: u32 = 1u;

@group(0) @binding(0) var<uniform> work: Work;
/// [3, rows, rgb_width]
@group(0) @binding(1) var<storage, read> rgb: array<f32>;
/// Rows, then columns: the first sample of each.
@group(0) @binding(2) var<storage, read> starts: array<u32>;
/// [rows, TAPS_DOWN], then [columns, TAPS_ACROSS]
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> codes: array<u32>;
/// How many pixels are not finite, counted with luma.
@group(0) @binding(5) var<storage, read_write> odd: atomic<u32>;

fn light_at(at: u32) -> f32 {
  let area = work.rgb_area;
  let first = apart(rgb[at] * work.red, work.zero) + apart(rgb[area + at] * work.green, work.zero);
  return first + apart(rgb[2u * area + at] * work.blue, work.zero);
}

fn is_odd(at: u32) -> bool {
  let area = work.rgb_area;
  let bits = vec3<u32>(bitcast<u32>(rgb[at]), bitcast<u32>(rgb[area + at]), bitcast<u32>(rgb[2u * area + at]));
  return any((bits & vec3<u32>(0x7f800000u)) == vec3<u32>(0x7f800000u));
}

fn difference_at(at: u32) -> f32 {
  let colour = rgb[select(2u, 0u, PLANE == 2u) * work.rgb_area + at];
  return apart((colour - light_at(at)) * work.spread, work.zero);
}

/// A sum that leaves weights of 0 out, as their samples may lie beyond the end.
fn chroma(row: u32, column: u32) -> f32 {
  let first_row = starts[row];
  let first_column = starts[work.out_height + column];
  var sum = 0.0;
  for (var i = 0u; i < TAPS_DOWN; i++) {
    let down = weights[row * TAPS_DOWN + i];
    if (down == 0.0) {
      continue;
    }
    var across_sum = 0.0;
    for (var j = 0u; j < TAPS_ACROSS; j++) {
      let across = weights[work.out_height * TAPS_DOWN + column * TAPS_ACROSS + j];
      if (across != 0.0) {
        across_sum += apart(across * difference_at((first_row + i) * work.rgb_width + first_column + j), work.zero);
      }
    }
    sum += apart(down * across_sum, work.zero);
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let per_word = select(4u, 2u, WIDE);
  let area = work.out_width * work.out_height;
  if (index * per_word >= area) {
    return;
  }
  var word = 0u;
  for (var at = index * per_word; at < min((index + 1u) * per_word, area); at++) {
    var value = 0.0;
    if (PLANE == 0u) {
      let pixel = at / work.width * work.rgb_width + at % work.width;
      value = light_at(pixel);
      if (is_odd(pixel)) {
        atomicAdd(&odd, 1u);
      }
    } else {
      value = chroma(at / work.out_width, at % work.out_width);
    }
    word |= code_of(affine(value, work.span, work.zero_code, work.zero), work.most) << code_shift(at, WIDE);
  }
  codes[index] = word;
}
