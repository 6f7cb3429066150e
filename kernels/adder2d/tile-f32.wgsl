// Adder2d on 32-bit floats, whose sums are exact below 2^24. After rounding.wgsl, epilogue.wgsl and tile.wgsl.

/// 2^23 + code for each code, [CIN, KH, KW, COUT / 4]: differences of such floats are those of the codes.
@group(0) @binding(2) var<storage, read> w: array<vec4<f32>>;

const LIFT = 0x4b000000u;

@compute @workgroup_size(8, 8, 4)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) invocation: u32,
) {
  let place = place_of(group, local);
  // An invocation beyond the last channel only helps to hold.
  let block = min(place.block, COUT / 8u - 1u);
  var a0 = vec4<f32>(0.0);
  var b0 = vec4<f32>(0.0);
  var a1 = vec4<f32>(0.0);
  var b1 = vec4<f32>(0.0);
  var a2 = vec4<f32>(0.0);
  var b2 = vec4<f32>(0.0);
  var a3 = vec4<f32>(0.0);
  var b3 = vec4<f32>(0.0);
  for (var source = 0u; source < CIN / 4u; source += CHUNK) {
    workgroupBarrier();
    hold(place, source, invocation);
    workgroupBarrier();
    for (var word = 0u; word < CHUNK; word++) {
      for (var i = 0u; i < KH; i++) {
        let start = (word * SPAN_HEIGHT + local.y + i) * SPAN_STRIDE + local.x * PIXELS;
        // The codes of four neighbouring pixels slide along under the filter's row.
        var p0 = span[start];
        var p1 = span[start + 1u];
        var p2 = span[start + 2u];
        for (var j = 0u; j < KW; j++) {
          let p3 = span[start + 3u + j];
          for (var byte = 0u; byte < 4u; byte++) {
            let shift = 8u * byte;
            let x0 = bitcast<f32>(((p0 >> shift) & 0xffu) | LIFT);
            let x1 = bitcast<f32>(((p1 >> shift) & 0xffu) | LIFT);
            let x2 = bitcast<f32>(((p2 >> shift) & 0xffu) | LIFT);
            let x3 = bitcast<f32>(((p3 >> shift) & 0xffu) | LIFT);
            let at = ((((source + word) * 4u + byte) * KH + i) * KW + j) * (COUT / 4u) + block * 2u;
            let u = w[at];
            let v = w[at + 1u];
            a0 += abs(x0 - u);
            b0 += abs(x0 - v);
            a1 += abs(x1 - u);
            b1 += abs(x1 - v);
            a2 += abs(x2 - u);
            b2 += abs(x2 - v);
            a3 += abs(x3 - u);
            b3 += abs(x3 - v);
          }
          p0 = p1;
          p1 = p2;
          p2 = p3;
        }
      }
    }
  }
  finish(place, local, 0u, a0, b0);
  finish(place, local, 1u, a1, b1);
  finish(place, local, 2u, a2, b2);
  finish(place, local, 3u, a3, b3);
}
