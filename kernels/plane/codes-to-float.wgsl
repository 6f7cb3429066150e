// A window of a plane of codes to floats: code · scale + offset. After rounding.wgsl and codes.wgsl.

struct Work {
  // Window, in samples of the plane.
  x: u32,
  y: u32,
  width: u32,
  height: u32,
  // Plane.
  plane_width: u32,
  scale: f32,
  offset: f32,
  zero: u32,
}

/// 16-bit codes.
override WIDE: bool = false;

@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read> codes: array<u32>;
/// [height, width]
@group(0) @binding(2) var<storage, read_write> samples: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= work.width * work.height) {
    return;
  }
  let source = (work.y + index / work.width) * work.plane_width + work.x + index % work.width;
  let code = code_in(codes[word_of(source, WIDE)], source, WIDE);
  samples[index] = affine(f32(code), work.scale, work.offset, work.zero);
}
