enable f16;
// Adder2d on pairs of 16-bit floats. After rounding.wgsl, epilogue.wgsl and tile.wgsl.
//
// 1024 + code is a 16-bit float whose low ten bits are the code, so that a code becomes a float by one bit operation, and
// 1024 plus up to four differences of codes is one whose low ten bits are their sum: sums of four are exact, and are added
// up as whole numbers of 16 bits, two to a word, which hold 64 of them. Then they are made 32 bits wide.

/// Words after which sums are widened: divides CHUNK, and SPILL · KH · KW is at most 64.
override SPILL: u32 = 1u;

/// 1024 + code as bits of a 16-bit float, [CIN, KH, KW, COUT / 8][8].
@group(0) @binding(2) var<storage, read> w: array<vec4<u32>>;

const LIFT = 0x64006400u;
const LOW = 0x00ff00ffu;

struct Four {
  x0: vec4<f16>,
  x1: vec4<f16>,
  x2: vec4<f16>,
  x3: vec4<f16>,
}

/// The four codes of a word, each for four channels.
fn lifted(word: u32) -> Four {
  let even = bitcast<vec2<f16>>((word & LOW) | LIFT);
  let odd = bitcast<vec2<f16>>(((word >> 8u) & LOW) | LIFT);
  return Four(even.xxxx, odd.xxxx, even.yyyy, odd.yyyy);
}

/// Sums of four differences for four channels, 16 bits each.
fn distance(x: Four, w0: vec2<u32>, w1: vec2<u32>, w2: vec2<u32>, w3: vec2<u32>) -> vec2<u32> {
  let sum = vec4<f16>(1024.0h)
    + abs(x.x0 - bitcast<vec4<f16>>(w0))
    + abs(x.x1 - bitcast<vec4<f16>>(w1))
    + abs(x.x2 - bitcast<vec4<f16>>(w2))
    + abs(x.x3 - bitcast<vec4<f16>>(w3));
  return bitcast<vec2<u32>>(sum) - vec2<u32>(LIFT);
}

fn widened(sums: vec2<u32>) -> vec4<u32> {
  return vec4<u32>(sums.x & 0xffffu, sums.x >> 16u, sums.y & 0xffffu, sums.y >> 16u);
}

@compute @workgroup_size(8, 8, 4)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) invocation: u32,
) {
  let place = place_of(group, local);
  // An invocation beyond the last channel only helps to hold.
  let block = min(place.block, COUT / 8u - 1u);
  let tap_stride = COUT / 8u;
  let channel_stride = KH * KW * tap_stride;
  var a0 = vec4<u32>(0u);
  var b0 = vec4<u32>(0u);
  var a1 = vec4<u32>(0u);
  var b1 = vec4<u32>(0u);
  var a2 = vec4<u32>(0u);
  var b2 = vec4<u32>(0u);
  var a3 = vec4<u32>(0u);
  var b3 = vec4<u32>(0u);
  var s0 = vec2<u32>(0u);
  var t0 = vec2<u32>(0u);
  var s1 = vec2<u32>(0u);
  var t1 = vec2<u32>(0u);
  var s2 = vec2<u32>(0u);
  var t2 = vec2<u32>(0u);
  var s3 = vec2<u32>(0u);
  var t3 = vec2<u32>(0u);
  for (var source = 0u; source < CIN / 4u; source += CHUNK) {
    workgroupBarrier();
    hold(place, source, invocation);
    workgroupBarrier();
    for (var word = 0u; word < CHUNK; word++) {
      for (var i = 0u; i < KH; i++) {
        let start = (word * SPAN_HEIGHT + local.y + i) * SPAN_STRIDE + local.x * PIXELS;
        // The codes of four neighbouring pixels slide along under the filter's row.
        var p0 = lifted(span[start]);
        var p1 = lifted(span[start + 1u]);
        var p2 = lifted(span[start + 2u]);
        for (var j = 0u; j < KW; j++) {
          let p3 = lifted(span[start + 3u + j]);
          let at = (source + word) * 4u * channel_stride + (i * KW + j) * tap_stride + block;
          let w0 = w[at];
          let w1 = w[at + channel_stride];
          let w2 = w[at + 2u * channel_stride];
          let w3 = w[at + 3u * channel_stride];
          s0 += distance(p0, w0.xy, w1.xy, w2.xy, w3.xy);
          t0 += distance(p0, w0.zw, w1.zw, w2.zw, w3.zw);
          s1 += distance(p1, w0.xy, w1.xy, w2.xy, w3.xy);
          t1 += distance(p1, w0.zw, w1.zw, w2.zw, w3.zw);
          s2 += distance(p2, w0.xy, w1.xy, w2.xy, w3.xy);
          t2 += distance(p2, w0.zw, w1.zw, w2.zw, w3.zw);
          s3 += distance(p3, w0.xy, w1.xy, w2.xy, w3.xy);
          t3 += distance(p3, w0.zw, w1.zw, w2.zw, w3.zw);
          p0 = p1;
          p1 = p2;
          p2 = p3;
        }
      }
      if (word % SPILL == SPILL - 1u) {
        a0 += widened(s0);
        b0 += widened(t0);
        a1 += widened(s1);
        b1 += widened(t1);
        a2 += widened(s2);
        b2 += widened(t2);
        a3 += widened(s3);
        b3 += widened(t3);
        s0 = vec2<u32>(0u);
        t0 = vec2<u32>(0u);
        s1 = vec2<u32>(0u);
        t1 = vec2<u32>(0u);
        s2 = vec2<u32>(0u);
        t2 = vec2<u32>(0u);
        s3 = vec2<u32>(0u);
        t3 = vec2<u32>(0u);
      }
    }
  }
  finish(place, local, 0u, vec4<f32>(a0), vec4<f32>(b0));
  finish(place, local, 1u, vec4<f32>(a1), vec4<f32>(b1));
  finish(place, local, 2u, vec4<f32>(a2), vec4<f32>(b2));
  finish(place, local, 3u, vec4<f32>(a3), vec4<f32>(b3));
}
