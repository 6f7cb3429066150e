// DynamicFilter2d (kernels/README.md): an invocation makes the filter of one pixel and one group, and uses it for all of
// the group's channels. After rounding.wgsl and exponential.wgsl.

struct Node {
  images: u32,
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  zero: u32,
}

override GROUPS: u32;
override SIDE: u32;
override STRIDE: u32;
override TAPS: u32 = SIDE * SIDE;

@group(0) @binding(0) var<uniform> node: Node;
/// [images, channels, height, width]
@group(0) @binding(1) var<storage, read> x: array<f32>;
/// [images, GROUPS · TAPS, out_height, out_width]
@group(0) @binding(2) var<storage, read> logits: array<f32>;
/// [images, channels, out_height, out_width]
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

/// The place of a sample beyond the edge, which is not repeated.
fn reflected(place: i32, length: u32) -> u32 {
  let back = abs(place);
  return u32(select(2 * (i32(length) - 1) - back, back, back < i32(length)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  let area = node.out_height * node.out_width;
  if (index >= node.images * GROUPS * area) {
    return;
  }
  let place = index % area;
  let group = index / area;
  // Sides are 3 or 5.
  var filters: array<f32, 25>;
  let first = group * TAPS * area + place;
  var most = logits[first];
  for (var tap = 1u; tap < TAPS; tap++) {
    let logit = logits[first + tap * area];
    most = select(most, logit, logit > most);
  }
  var total = 0.0;
  for (var tap = 0u; tap < TAPS; tap++) {
    let power = exponential(logits[first + tap * area] - most, node.zero);
    filters[tap] = power;
    total += power;
  }
  let inverse = 1.0 / total;
  for (var tap = 0u; tap < TAPS; tap++) {
    filters[tap] *= inverse;
  }
  let row = i32(place / node.out_width * STRIDE) - i32(SIDE / 2u);
  let column = i32(place % node.out_width * STRIDE) - i32(SIDE / 2u);
  let channels = node.channels / GROUPS;
  for (var channel = group * channels; channel < (group + 1u) * channels; channel++) {
    var sum = 0.0;
    for (var i = 0u; i < SIDE; i++) {
      let start = (channel * node.height + reflected(row + i32(i), node.height)) * node.width;
      for (var j = 0u; j < SIDE; j++) {
        let sample = x[start + reflected(column + i32(j), node.width)];
        let product = apart(filters[i * SIDE + j] * sample, node.zero);
        sum = select(sum + product, product, i + j == 0u);
      }
    }
    y[channel * area + place] = sum;
  }
}
