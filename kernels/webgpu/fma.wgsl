// As many multiplications with additions as an adapter does: each invocation keeps eight sums of four going.

override STEPS: u32;

@group(0) @binding(0) var<uniform> factor: vec4<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let start = vec4<f32>(f32(id.x));
  var a = start;
  var b = start + 1.0;
  var c = start + 2.0;
  var d = start + 3.0;
  var e = start + 4.0;
  var f = start + 5.0;
  var g = start + 6.0;
  var h = start + 7.0;
  for (var step = 0u; step < STEPS; step++) {
    a = fma(a, factor, start);
    b = fma(b, factor, start);
    c = fma(c, factor, start);
    d = fma(d, factor, start);
    e = fma(e, factor, start);
    f = fma(f, factor, start);
    g = fma(g, factor, start);
    h = fma(h, factor, start);
  }
  // Nothing is left out whose result nobody reads.
  y[id.x % 256u] = a + b + c + d + e + f + g + h;
}
