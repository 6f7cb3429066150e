// Codes of luma, Cb and Cr to planar red, green and blue (colour-reference.ts): chroma between rows, then between columns,
// then the matrix. An invocation makes one pixel of the picture turned as it is shown; beyond its edges it goes on as it
// ends. After rounding.wgsl and codes.wgsl.

struct Work {
  width: u32,
  height: u32,
  chroma_width: u32,
  zero: u32,
  luma_scale: f32,
  luma_offset: f32,
  chroma_scale: f32,
  chroma_offset: f32,
  red_from_red: f32,
  green_from_blue: f32,
  green_from_red: f32,
  blue_from_blue: f32,
  // Of what is made.
  out_width: u32,
  out_height: u32,
}

override WIDE: bool = false;
override GREY: bool = false;
/// Samples that a row's, and a column's, chroma is between: 1 or 2.
override TAPS_DOWN: u32 = 1u;
override TAPS_ACROSS: u32 = 1u;
/// Quarter turns, clockwise, from the codes to what is made.
override TURNS: u32 = 0u;

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> luma: array<u32>;
@group(0) @binding(2) var<storage, read> blue_difference: array<u32>;
@group(0) @binding(3) var<storage, read> red_difference: array<u32>;
/// Rows, then columns: first sample, and two weights as bits.
@group(0) @binding(4) var<storage, read> axes: array<vec4<u32>>;
/// [3, out_height, out_width]
@group(0) @binding(5) var<storage, read_write> rgb: array<f32>;

fn chroma_code(red: bool, at: u32) -> f32 {
  if (red) {
    return f32(code_in(red_difference[word_of(at, WIDE)], at, WIDE));
  }
  return f32(code_in(blue_difference[word_of(at, WIDE)], at, WIDE));
}

/// Of `first` and `second`, each weighted; a weight of 0 stands for a sample beyond the end.
fn weighted(first: f32, second: f32, first_weight: f32, second_weight: f32) -> f32 {
  let sum = apart(first * first_weight, work.zero) + apart(second * second_weight, work.zero);
  return select(sum, apart(first * first_weight, work.zero) + 0.0, second_weight == 0.0);
}

fn between_rows(red: bool, down: vec4<u32>, column: u32) -> f32 {
  let first = chroma_code(red, down.x * work.chroma_width + column);
  if (TAPS_DOWN == 1u) {
    return first;
  }
  let weight = bitcast<f32>(down.z);
  let next = select(down.x + 1u, down.x, weight == 0.0);
  return weighted(first, chroma_code(red, next * work.chroma_width + column), bitcast<f32>(down.y), weight);
}

fn chroma(red: bool, down: vec4<u32>, across: vec4<u32>) -> f32 {
  var value = between_rows(red, down, across.x);
  if (TAPS_ACROSS == 2u) {
    let weight = bitcast<f32>(across.z);
    let next = select(across.x + 1u, across.x, weight == 0.0);
    value = weighted(value, between_rows(red, down, next), bitcast<f32>(across.y), weight);
  }
  return affine(value, work.chroma_scale, work.chroma_offset, work.zero);
}

/// Column and row of the codes that a pixel of what is made shows.
fn source_of(x: u32, y: u32) -> vec2<u32> {
  switch TURNS {
    case 1u: {
      return vec2<u32>(min(y, work.width - 1u), work.height - 1u - min(x, work.height - 1u));
    }
    case 2u: {
      return vec2<u32>(work.width - 1u - min(x, work.width - 1u), work.height - 1u - min(y, work.height - 1u));
    }
    case 3u: {
      return vec2<u32>(work.width - 1u - min(y, work.width - 1u), min(x, work.height - 1u));
    }
    default: {
      return vec2<u32>(min(x, work.width - 1u), min(y, work.height - 1u));
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let to = id.y * groups.x * 64u + id.x;
  let area = work.out_width * work.out_height;
  if (to >= area) {
    return;
  }
  let source = source_of(to % work.out_width, to / work.out_width);
  let at = source.y * work.width + source.x;
  let light = affine(f32(code_in(luma[word_of(at, WIDE)], at, WIDE)), work.luma_scale, work.luma_offset, work.zero);
  if (GREY) {
    rgb[to] = light;
    rgb[area + to] = light;
    rgb[2u * area + to] = light;
    return;
  }
  let down = axes[source.y];
  let across = axes[work.height + source.x];
  let b = chroma(false, down, across);
  let r = chroma(true, down, across);
  rgb[to] = affine(r, work.red_from_red, light, work.zero);
  rgb[area + to] = affine(b, work.green_from_blue, light, work.zero) + apart(r * work.green_from_red, work.zero);
  rgb[2u * area + to] = affine(b, work.blue_from_blue, light, work.zero);
}
