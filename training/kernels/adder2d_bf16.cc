// The filter's gradient in bfloat16, for AVX-512 with BF16: two neighbouring pixels to a 32-bit
// lane, which vdpbf16ps multiplies and sums in 32-bit float. Under batch norm the sum of dY over a
// channel is 0, so this is a convolution's weight gradient.

#include "adder2d.h"

#if defined(__AVX512VNNI__) && defined(__AVX512BF16__) && defined(__AVX512BW__)
#include "avx512.h"

namespace adder2d {
namespace {

typedef Buffer<uint16_t> Bfloats;

inline __m256i to_bfloat(__m512 v) { return (__m256i)_mm512_cvtneps_pbh(v); }

// dY [N, H, W, C] -> bfloat16 [N, H, ceil(W / 2), C, 2], the odd pixel zero.
Bfloats pixel_pairs(const float* g, const Shape& s, int64_t c) {
  const int64_t pairs = (s.w + 1) / 2;
  Bfloats out(s.n * s.h * pairs * c * 2, 0);
  for (int64_t row = 0; row < s.n * s.h; row++)
    for (int64_t q = 0; q < pairs; q++)
      for (int64_t i = 0; i < c; i += kLanes) {
        const float* from = g + (row * s.w + 2 * q) * c + i;
        const __m512i a = _mm512_cvtepu16_epi32(to_bfloat(_mm512_loadu_ps(from)));
        const __m512i b = 2 * q + 1 < s.w
                              ? _mm512_cvtepu16_epi32(to_bfloat(_mm512_loadu_ps(from + c)))
                              : _mm512_setzero_si512();
        _mm512_storeu_si512(&out[((row * pairs + q) * c + i) * 2],
                            _mm512_or_si512(a, _mm512_slli_epi32(b, 16)));
      }
  return out;
}

// x [N, H, W, C] -> bfloat16 [N, C, H + 2r, W + 2r + 1], zeros around, so that two neighbouring
// pixels of a channel lie side by side.
Bfloats planes(const float* x, const Shape& s, int64_t c) {
  const int64_t width = s.wp() + 1;
  Bfloats out(s.n * c * s.hp() * width, 0);
  alignas(32) uint16_t lane[kLanes];
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++)
      for (int64_t i = 0; i < c; i += kLanes)
        for (int64_t xx = 0; xx < s.w; xx++) {
          const float* from = x + ((n * s.h + y) * s.w + xx) * c + i;
          _mm256_store_si256((__m256i*)lane, to_bfloat(_mm512_loadu_ps(from)));
          uint16_t* to = &out[((n * c + i) * s.hp() + y + s.r()) * width + xx + s.r()];
          for (int l = 0; l < kLanes; l++) to[l * s.hp() * width] = lane[l];
        }
  return out;
}

// Four input channels at K taps of a row by V vectors of 16 output channels, over all pixels.
template <int K, int V>
void filter_gradient_tile(const uint16_t* xp, const uint16_t* g, float* df, const Shape& s) {
  constexpr int kChannels = 4;
  const int64_t width = s.wp() + 1, pairs = (s.w + 1) / 2;
  __m512 acc[kChannels][K][V];
  UNROLL for (int c = 0; c < kChannels; c++)
    UNROLL for (int k = 0; k < K; k++)
      UNROLL for (int v = 0; v < V; v++) acc[c][k][v] = _mm512_setzero_ps();
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++) {
      const uint16_t* xr[kChannels];
      for (int c = 0; c < kChannels; c++) xr[c] = xp + ((n * s.cin + c) * s.hp() + y) * width;
      const uint16_t* gr = g + (n * s.h + y) * pairs * s.cout * 2;
      for (int64_t q = 0; q < pairs; q++, gr += 2 * s.cout) {
        __m512bh gv[V];
        UNROLL for (int v = 0; v < V; v++) gv[v] = (__m512bh)load(gr + v * 2 * kLanes);
        UNROLL for (int c = 0; c < kChannels; c++)
          UNROLL for (int k = 0; k < K; k++) {
            const __m512bh xv = (__m512bh)pair(xr[c] + 2 * q + k);
            UNROLL for (int v = 0; v < V; v++)
              acc[c][k][v] = _mm512_dpbf16_ps(acc[c][k][v], gv[v], xv);
          }
      }
    }
  UNROLL for (int c = 0; c < kChannels; c++)
    UNROLL for (int k = 0; k < K; k++)
      UNROLL for (int v = 0; v < V; v++)
        _mm512_storeu_ps(df + (k * s.cin + c) * s.cout + v * kLanes, acc[c][k][v]);
}

}  // namespace

at::Tensor filter_gradient_bf16(const at::Tensor& x, const at::Tensor& filter,
                                const at::Tensor& gradient, const Shape& s) {
  auto df = at::empty_like(filter);
  Buffer<float> sums(s.taps() * s.cin * s.cout);
  const Bfloats xp = planes(x.data_ptr<float>(), s, s.cin);
  const Bfloats g = pixel_pairs(gradient.data_ptr<float>(), s, s.cout);
  const int64_t width = s.wp() + 1, blocks = s.cin / 4;
  at::parallel_for(0, s.k * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t ky = i / blocks, c = i % blocks * 4;
      const uint16_t* from = &xp[(c * s.hp() + ky) * width];
      float* to = &sums[(ky * 3 * s.cin + c) * s.cout];
      along_channels<kLanes>(s.cout, [&](int64_t o, auto vectors) {
        filter_gradient_tile<3, vectors()>(from, g.data() + 2 * o, to + o, s);
      });
    }
  });
  const auto dy_sums = gradient.sum({0, 2, 3});
  const float* f = filter.data_ptr<float>();
  float* out = df.data_ptr<float>();
  for (int64_t o = 0; o < s.cout; o++) {
    const float dy = dy_sums.data_ptr<float>()[o];
    for (int64_t c = 0; c < s.cin; c++)
      for (int64_t t = 0; t < s.taps(); t++, out++, f++)
        *out = sums[(t * s.cin + c) * s.cout + o] - *f * dy;
  }
  return df;
}

}  // namespace adder2d

#endif
