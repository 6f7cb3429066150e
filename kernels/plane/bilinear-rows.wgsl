// Floats of a picture along straight lines to fewer or more rows: every product and sum is rounded on its own
// (bilinear-reference.ts). After rounding.wgsl.

struct Work {
  width: u32,
  height: u32,
  out_height: u32,
  planes: u32,
  taps: u32,
  zero: u32,
}

@group(0) @binding(0) var<uniform> work: Work;
/// [planes, height, width]
@group(0) @binding(1) var<storage, read> source: array<f32>;
/// The first row of each.
@group(0) @binding(2) var<storage, read> starts: array<u32>;
/// [out_height, taps]
@group(0) @binding(3) var<storage, read> weights: array<f32>;
/// [planes, out_height, width]
@group(0) @binding(4) var<storage, read_write> lines: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= work.planes * work.out_height * work.width) {
    return;
  }
  let line = index / work.width;
  let plane = line / work.out_height;
  let row = line % work.out_height;
  var at = (plane * work.height + starts[row]) * work.width + index % work.width;
  var sum = 0.0;
  for (var tap = 0u; tap < work.taps; tap++) {
    sum += apart(weights[row * work.taps + tap] * source[at], work.zero);
    at += work.width;
  }
  lines[index] = sum;
}
