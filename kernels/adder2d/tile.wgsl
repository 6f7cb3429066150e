// What the tiled adder kernels share: stride 1, CIN a multiple of 4, COUT of 8.
//
// A workgroup of 8×8×4 invocations makes 32×8 pixels of 32 channels: each invocation four pixels of a row by eight
// channels. The codes under them, halo included, lie in workgroup memory, CHUNK words of four channels at a time.

const TILE_WIDTH = 32u;
const TILE_HEIGHT = 8u;
const PIXELS = 4u;
const INVOCATIONS = 256u;

/// Words of input channels that are held at once; divides CIN / 4.
override CHUNK: u32 = 8u;
override SPAN_WIDTH: u32 = TILE_WIDTH + KW - 1u;
override SPAN_HEIGHT: u32 = TILE_HEIGHT + KH - 1u;
/// One more than a multiple of 4: the 8×4 invocations of 32 then read from different banks.
override SPAN_STRIDE: u32 = (SPAN_WIDTH + 3u) / 4u * 4u + 1u;

/// Codes as the output's, two words an item.
@group(0) @binding(4) var<storage, read> residual: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec2<u32>>;

/// [CHUNK, SPAN_HEIGHT, SPAN_STRIDE]
var<workgroup> span: array<u32, CHUNK * SPAN_HEIGHT * SPAN_STRIDE>;

struct Place {
  image: u32,
  /// First output pixel of the workgroup.
  row: u32,
  column: u32,
  /// First of the invocation's eight channels, in eights.
  block: u32,
}

/// Groups go across, down, and through images and blocks of 32 channels.
fn place_of(group: vec3<u32>, local: vec3<u32>) -> Place {
  let blocks = (COUT + 31u) / 32u;
  return Place(group.z / blocks, group.y * TILE_HEIGHT, group.x * TILE_WIDTH, group.z % blocks * 4u + local.z);
}

/// Fills `span` with words `source` to `source + CHUNK` of the pixels under the tile.
fn hold(place: Place, source: u32, invocation: u32) {
  let padding = layer.pad_code * 0x01010101u;
  for (var item = invocation; item < SPAN_HEIGHT * SPAN_WIDTH * CHUNK; item += INVOCATIONS) {
    let word = item % CHUNK;
    let across = item / CHUNK % SPAN_WIDTH;
    let down = item / CHUNK / SPAN_WIDTH;
    let row = i32(place.row + down) - i32(layer.pad_top);
    let column = i32(place.column + across) - i32(layer.pad_left);
    let inside = row >= 0 && row < i32(layer.height) && column >= 0 && column < i32(layer.width);
    let pixel = select(0u, (place.image * layer.height + u32(row)) * layer.width + u32(column), inside);
    span[(word * SPAN_HEIGHT + down) * SPAN_STRIDE + across] =
      select(padding, x[pixel * (CIN / 4u) + source + word], inside);
  }
}

/// Writes the eight channels of the pixel `pixel` of the invocation.
fn finish(place: Place, local: vec3<u32>, pixel: u32, low: vec4<f32>, high: vec4<f32>) {
  let row = place.row + local.y;
  let column = place.column + local.x * PIXELS + pixel;
  if (row >= layer.out_height || column >= layer.out_width || place.block * 8u >= COUT) {
    return;
  }
  let at = ((place.image * layer.out_height + row) * layer.out_width + column) * (COUT / 8u) + place.block;
  var added = vec2<u32>(0u);
  if (RESIDUAL) {
    added = residual[at];
  }
  let first = vec4<f32>(unpack4xU8(added.x));
  let second = vec4<f32>(unpack4xU8(added.y));
  let channel = place.block * 8u;
  y[at] = vec2<u32>(
    coded4(vec4<f32>(
      activated(low.x, channel, first.x),
      activated(low.y, channel + 1u, first.y),
      activated(low.z, channel + 2u, first.z),
      activated(low.w, channel + 3u, first.w),
    )),
    coded4(vec4<f32>(
      activated(high.x, channel + 4u, second.x),
      activated(high.y, channel + 5u, second.y),
      activated(high.z, channel + 6u, second.z),
      activated(high.w, channel + 7u, second.w),
    )),
  );
}
