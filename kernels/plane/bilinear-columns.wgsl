// Floats of rows along straight lines to fewer or more columns, after bilinear-rows.wgsl, at the upper left of a larger
// picture: beyond, the last column and row go on. After rounding.wgsl.

struct Work {
  width: u32,
  height: u32,
  /// Of what is made of them.
  picture_width: u32,
  out_width: u32,
  out_height: u32,
  planes: u32,
  taps: u32,
  zero: u32,
}

@group(0) @binding(0) var<uniform> work: Work;
/// [planes, height, width]
@group(0) @binding(1) var<storage, read> lines: array<f32>;
/// The first column of each.
@group(0) @binding(2) var<storage, read> starts: array<u32>;
/// [picture_width, taps]
@group(0) @binding(3) var<storage, read> weights: array<f32>;
/// [planes, out_height, out_width]
@group(0) @binding(4) var<storage, read_write> target_picture: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= work.planes * work.out_height * work.out_width) {
    return;
  }
  let column = min(index % work.out_width, work.picture_width - 1u);
  let line = index / work.out_width;
  let row = min(line % work.out_height, work.height - 1u);
  let first = (line / work.out_height * work.height + row) * work.width + starts[column];
  var sum = 0.0;
  for (var tap = 0u; tap < work.taps; tap++) {
    sum += apart(weights[column * work.taps + tap] * lines[first + tap], work.zero);
  }
  target_picture[index] = sum;
}
