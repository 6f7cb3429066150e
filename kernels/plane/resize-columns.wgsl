// Second half of resizeBicubic (kernels/README.md): columns to their new length, as codes. An invocation makes one word.
// After codes.wgsl.

struct Work {
  height: u32,
  out_width: u32,
  out_height: u32,
  taps: u32,
  shift: u32,
  most: i32,
}

override WIDE: bool = false;

@group(0) @binding(0) var<uniform> work: Work;
/// [height, out_width]
@group(0) @binding(1) var<storage, read> middle: array<i32>;
/// [out_height]
@group(0) @binding(2) var<storage, read> starts: array<i32>;
/// [out_height, taps]
@group(0) @binding(3) var<storage, read> weights: array<i32>;
/// [out_height, out_width]
@group(0) @binding(4) var<storage, read_write> codes: array<u32>;

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
    let row = at / work.out_width;
    let column = at % work.out_width;
    let start = starts[row];
    var sum = 1 << (work.shift - 1u);
    for (var tap = 0u; tap < work.taps; tap++) {
      let source = u32(clamp(start + i32(tap), 0, i32(work.height) - 1));
      sum += weights[row * work.taps + tap] * middle[source * work.out_width + column];
    }
    word |= u32(clamp(sum >> work.shift, 0, work.most)) << code_shift(at, WIDE);
  }
  codes[index] = word;
}
