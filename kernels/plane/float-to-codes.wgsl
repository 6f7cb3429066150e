// What a tile keeps of its floats, as codes in a plane: clamp(rint(sample · scale + offset)). An invocation makes one
// word; codes in it that the tile doesn't keep stay as they are. After rounding.wgsl and codes.wgsl.

struct Work {
  // The kept part in the plane.
  x: u32,
  y: u32,
  width: u32,
  height: u32,
  plane_width: u32,
  // Its first sample in the tile, and how long the tile's rows are.
  tile_x: u32,
  tile_y: u32,
  tile_width: u32,
  scale: f32,
  offset: f32,
  most: f32,
  zero: u32,
}

override WIDE: bool = false;

@group(0) @binding(0) var<uniform> work: Work;
/// Floats, as bits: infinities are looked for.
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read_write> codes: array<u32>;
/// How many samples are not finite.
@group(0) @binding(3) var<storage, read_write> odd: atomic<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let per_word = select(4u, 2u, WIDE);
  let word = word_of(work.y * work.plane_width, WIDE) + id.y * groups.x * 64u + id.x;
  let end = (work.y + work.height) * work.plane_width;
  if (word * per_word >= end) {
    return;
  }
  var value = codes[word];
  var missing = 0u;
  var changed = false;
  for (var n = 0u; n < per_word; n++) {
    let at = word * per_word + n;
    // Unsigned: what lies before is far beyond.
    let row = at / work.plane_width - work.y;
    let column = at % work.plane_width - work.x;
    if (row < work.height && column < work.width) {
      let bits = samples[(work.tile_y + row) * work.tile_width + work.tile_x + column];
      missing += select(0u, 1u, (bits & 0x7f800000u) == 0x7f800000u);
      let t = affine(bitcast<f32>(bits), work.scale, work.offset, work.zero);
      let shift = code_shift(at, WIDE);
      let mask = select(0xffu, 0xffffu, WIDE) << shift;
      value = (value & ~mask) | (code_of(t, work.most) << shift);
      changed = true;
    }
  }
  if (changed) {
    codes[word] = value;
  }
  if (missing > 0u) {
    atomicAdd(&odd, missing);
  }
}
