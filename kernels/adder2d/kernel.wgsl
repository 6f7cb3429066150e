// Adder2d for every shape: an invocation makes one word of the output, element after element.
// After rounding.wgsl and epilogue.wgsl.

override STRIDE_H: u32 = 1u;
override STRIDE_W: u32 = 1u;
/// Codes, four to a word, or floats.
override FLOATS: bool = false;

/// Codes [COUT, KH, KW, CIN], four to a word.
@group(0) @binding(2) var<storage, read> w: array<u32>;
/// Codes as the output's.
@group(0) @binding(4) var<storage, read> residual: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

fn byte(word: u32, index: u32) -> u32 {
  return (word >> ((index & 3u) * 8u)) & 0xffu;
}

/// The sum for output element `element` of [images, out_height, out_width, COUT].
fn distance_at(element: u32) -> u32 {
  let channel = element % COUT;
  let pixel = element / COUT;
  let column = pixel % layer.out_width;
  let row = pixel / layer.out_width % layer.out_height;
  let image = pixel / layer.out_width / layer.out_height;
  var sum = 0u;
  for (var i = 0u; i < KH; i++) {
    let from_row = i32(row * STRIDE_H + i) - i32(layer.pad_top);
    for (var j = 0u; j < KW; j++) {
      let from_column = i32(column * STRIDE_W + j) - i32(layer.pad_left);
      let inside = from_row >= 0 && from_row < i32(layer.height) && from_column >= 0 && from_column < i32(layer.width);
      let start = select(0u, ((image * layer.height + u32(from_row)) * layer.width + u32(from_column)) * CIN, inside);
      let weights = ((channel * KH + i) * KW + j) * CIN;
      for (var c = 0u; c < CIN; c++) {
        let code = select(layer.pad_code, byte(x[(start + c) >> 2u], start + c), inside);
        sum += u32(abs(i32(code) - i32(byte(w[(weights + c) >> 2u], weights + c))));
      }
    }
  }
  return sum;
}

fn result_at(element: u32) -> f32 {
  var added = 0.0;
  if (RESIDUAL) {
    added = f32(byte(residual[element >> 2u], element));
  }
  return activated(f32(distance_at(element)), element % COUT, added);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let elements = layer.images * layer.out_height * layer.out_width * COUT;
  if (FLOATS) {
    if (index < elements) {
      y[index] = bitcast<u32>(result_at(index));
    }
    return;
  }
  if (index >= (elements + 3u) / 4u) {
    return;
  }
  var word = 0u;
  for (var element = 4u * index; element < min(4u * index + 4u, elements); element++) {
    word |= coded(result_at(element)) << ((element & 3u) * 8u);
  }
  y[index] = word;
}
