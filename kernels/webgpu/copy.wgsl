// As many bytes as an adapter moves: an invocation copies sixteen at a time, far apart, so that neighbours do so side by side.

@group(0) @binding(0) var<uniform> count: vec4<u32>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var item = id.x; item < count.x; item += groups.x * 256u) {
    y[item] = x[item];
  }
}
