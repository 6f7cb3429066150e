// First half of resizeBicubic (kernels/README.md): every row of a plane to its new length. After codes.wgsl.

struct Work {
  width: u32,
  height: u32,
  out_width: u32,
  taps: u32,
  /// Bits that are cut off a sum.
  shift: u32,
}

override WIDE: bool = false;

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> codes: array<u32>;
/// [out_width]
@group(0) @binding(2) var<storage, read> starts: array<i32>;
/// [out_width, taps]
@group(0) @binding(3) var<storage, read> weights: array<i32>;
/// [height, out_width]
@group(0) @binding(4) var<storage, read_write> middle: array<i32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= work.out_width * work.height) {
    return;
  }
  let column = index % work.out_width;
  let row = index / work.out_width;
  let start = starts[column];
  var sum = 1 << (work.shift - 1u);
  for (var tap = 0u; tap < work.taps; tap++) {
    let source = row * work.width + u32(clamp(start + i32(tap), 0, i32(work.width) - 1));
    sum += weights[column * work.taps + tap] * i32(code_in(codes[word_of(source, WIDE)], source, WIDE));
  }
  middle[index] = sum >> work.shift;
}
