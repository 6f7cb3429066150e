// PointHead (kernels/README.md): a workgroup takes POINTS points through all layers, whose values lie in its memory.
// After rounding.wgsl.

const INVOCATIONS = 64u;

struct Node {
  count: u32,
  layer_count: u32,
  map_count: u32,
  /// Of a point, of all maps.
  channels: u32,
  /// Of those, what enters the first layer alone; and values beside the maps.
  fine: u32,
  shape_values: u32,
  zero: u32,
  padding: u32,
  /// Height, width, channels, and 1 / stride as bits of a float.
  maps: array<vec4<u32>, 4>,
  /// Inputs from the layer before, outputs, and where weights and bias begin.
  layers: array<vec4<u32>, 16>,
}

override POINTS: u32;
/// The most values of a layer that are not coarse.
override WIDTH: u32;
/// Coarse values, at least 1.
override COARSE: u32;

@group(0) @binding(0) var<uniform> node: Node;
/// Of each layer [inputs, outputs], then its bias.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
/// [count, 2]
@group(0) @binding(2) var<storage, read> points: array<f32>;
/// [count, shape_values]
@group(0) @binding(3) var<storage, read> shape: array<f32>;
/// [count]
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
/// [height, width, channels] each.
@group(0) @binding(5) var<storage, read> map_0: array<f32>;
@group(0) @binding(6) var<storage, read> map_1: array<f32>;
@group(0) @binding(7) var<storage, read> map_2: array<f32>;
@group(0) @binding(8) var<storage, read> map_3: array<f32>;

/// What a layer reads, and what it makes.
var<workgroup> values: array<f32, 2u * POINTS * WIDTH>;
var<workgroup> coarse: array<f32, POINTS * COARSE>;

fn map_value(which: u32, at: u32) -> f32 {
  switch which {
    case 0u: { return map_0[at]; }
    case 1u: { return map_1[at]; }
    case 2u: { return map_2[at]; }
    default: { return map_3[at]; }
  }
}

struct Axis {
  low: u32,
  high: u32,
  share: f32,
}

/// The two places that a coordinate is between, and how far it is from the lower.
fn place(at: f32, inverse_stride: f32, length: u32) -> Axis {
  let inside = clamp(apart(at * inverse_stride, node.zero) - 0.5, 0.0, f32(length - 1u));
  let low = u32(inside);
  return Axis(low, min(low + 1u, length - 1u), inside - f32(low));
}

fn between(a: f32, b: f32, share: f32) -> f32 {
  return a + apart(share * (b - a), node.zero);
}

fn sample(which: u32, point: u32, channel: u32) -> f32 {
  let map = node.maps[which];
  let inverse_stride = bitcast<f32>(map.w);
  let across = place(points[2u * point], inverse_stride, map.y);
  let down = place(points[2u * point + 1u], inverse_stride, map.x);
  let upper = down.low * map.y;
  let lower = down.high * map.y;
  return between(
    between(
      map_value(which, (upper + across.low) * map.z + channel),
      map_value(which, (upper + across.high) * map.z + channel),
      across.share,
    ),
    between(
      map_value(which, (lower + across.low) * map.z + channel),
      map_value(which, (lower + across.high) * map.z + channel),
      across.share,
    ),
    down.share,
  );
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) invocation: u32,
) {
  let first = (group.y * groups.x + group.x) * POINTS;
  for (var item = invocation; item < POINTS * node.channels; item += INVOCATIONS) {
    let point = min(first + item / node.channels, node.count - 1u);
    var which = 0u;
    var channel = item % node.channels;
    while (channel >= node.maps[which].z) {
      channel -= node.maps[which].z;
      which++;
    }
    let value = sample(which, point, channel);
    let at = item % node.channels;
    if (at < node.fine) {
      values[item / node.channels * WIDTH + at] = value;
    } else {
      coarse[item / node.channels * COARSE + at - node.fine] = value;
    }
  }
  for (var item = invocation; item < POINTS * node.shape_values; item += INVOCATIONS) {
    let slot = item / node.shape_values;
    let at = item % node.shape_values;
    let point = min(first + slot, node.count - 1u);
    coarse[slot * COARSE + node.channels - node.fine + at] = shape[point * node.shape_values + at];
  }
  let coarse_count = node.channels - node.fine + node.shape_values;
  var reading = 0u;
  for (var index = 0u; index < node.layer_count; index++) {
    workgroupBarrier();
    let layer = node.layers[index];
    let last = index + 1u == node.layer_count;
    for (var item = invocation; item < POINTS * layer.y; item += INVOCATIONS) {
      let output = item % layer.y;
      let slot = item / layer.y;
      var sum = weights[layer.w + output];
      for (var input = 0u; input < layer.x; input++) {
        sum += apart(weights[layer.z + input * layer.y + output] * values[reading + slot * WIDTH + input], node.zero);
      }
      for (var input = 0u; input < coarse_count; input++) {
        let weight = weights[layer.z + (layer.x + input) * layer.y + output];
        sum += apart(weight * coarse[slot * COARSE + input], node.zero);
      }
      if (!last) {
        values[POINTS * WIDTH - reading + slot * WIDTH + output] = max(sum, 0.0);
      } else if (first + slot < node.count) {
        y[first + slot] = sum;
      }
    }
    reading = POINTS * WIDTH - reading;
  }
}
