// The layer of adder2d.cc on a 16-bit grid, for AVX-512 with VNNI and BF16.
//
// X and F become integers of step 1/1024 (so +-1 is +-1024 and the range is +-31), two channels
// to a 32-bit lane; vpdpwssd sums both into 32 bits:
//
//   forward   sum max(x, f) * 1                        exact on the grid
//   dX        sum g * min(max(f, x - 1024), x + 1024)  less x * sum g, where g is dY scaled so
//             that the difference fits 32 bits; on the way there it may wrap round
//   dF        adder2d_bf16.cc

#include "adder2d.h"

#if defined(__AVX512VNNI__) && defined(__AVX512BF16__) && defined(__AVX512BW__)
#include "avx512.h"

#include <algorithm>
#include <cmath>

namespace adder2d {
namespace {

constexpr float kUnit = 1024.f;
constexpr int kOne = 1024;

// The largest g: 9 C terms of up to 1024 g stay below 2^31.
constexpr float gradient_peak(int channels) { return float((1 << 21) / (9 * channels) - 1); }

// Sixteen floats, times a factor, as saturated 16-bit integers.
inline __m256i to_grid(const float* p, __m512 factor) {
  const __m512 limit = _mm512_set1_ps(32000.f);
  __m512 v = _mm512_mul_ps(_mm512_loadu_ps(p), factor);
  v = _mm512_max_ps(_mm512_min_ps(v, limit), _mm512_sub_ps(_mm512_setzero_ps(), limit));
  return _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v));
}

// [N, H, W, C] -> the grid, [N, H + 2r, W + 2r, C] with zeros around.
Buffer<int16_t> grid_padded(const float* x, const Shape& s, int64_t c, float factor) {
  Buffer<int16_t> out(s.n * s.hp() * s.wp() * c, 0);
  const __m512 f = _mm512_set1_ps(factor);
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++) {
      const float* from = x + (n * s.h + y) * s.w * c;
      int16_t* to = &out[((n * s.hp() + y + s.r()) * s.wp() + s.r()) * c];
      for (int64_t i = 0; i < s.w * c; i += kLanes)
        _mm256_storeu_si256((__m256i*)(to + i), to_grid(from + i, f));
    }
  return out;
}

// Sum over the k x k window and all channels, per output pixel.
Buffer<int32_t> window_sums(const int16_t* padded, const Shape& s, int64_t c) {
  const int64_t pixels = s.n * s.hp() * s.wp();
  Buffer<int32_t> per_pixel(pixels), out(s.n * s.h * s.w, 0);
  const __m256i ones = _mm256_set1_epi16(1);
  for (int64_t p = 0; p < pixels; p++) {
    __m256i sum = _mm256_setzero_si256();
    for (int64_t i = 0; i < c; i += kLanes)
      sum = _mm256_dpwssd_epi32(sum, _mm256_loadu_si256((const __m256i*)(padded + p * c + i)), ones);
    per_pixel[p] = _mm512_reduce_add_epi32(_mm512_zextsi256_si512(sum));
  }
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++)
      for (int64_t ky = 0; ky < s.k; ky++) {
        const int32_t* from = &per_pixel[(n * s.hp() + y + ky) * s.wp()];
        int32_t* to = &out[(n * s.h + y) * s.w];
        for (int64_t x = 0; x < s.w; x++)
          for (int64_t kx = 0; kx < s.k; kx++) to[x] += from[x + kx];
      }
  return out;
}

// f [A, B, k, k] -> the grid as [tap][A / 2][B][2]; with turn, the taps turned round.
Buffer<int16_t> filter_pairs(const float* f, const Shape& s, bool over_inputs, bool turn) {
  const int64_t pairs = over_inputs ? s.cin : s.cout, lanes = over_inputs ? s.cout : s.cin;
  Buffer<int16_t> out(s.taps() * s.cin * s.cout);
  for (int64_t o = 0; o < s.cout; o++)
    for (int64_t c = 0; c < s.cin; c++)
      for (int64_t t = 0; t < s.taps(); t++) {
        const float v = std::nearbyint(f[(o * s.cin + c) * s.taps() + t] * kUnit);
        const int64_t a = over_inputs ? c : o, b = over_inputs ? o : c;
        const int64_t tap = turn ? s.taps() - 1 - t : t;
        out[((tap * pairs / 2 + a / 2) * lanes + b) * 2 + a % 2] =
            (int16_t)std::max(-32000.f, std::min(v, 32000.f));
      }
  return out;
}

// P pixels of one row by V vectors of 16 output channels. C is Cin.
template <int P, int V, int C>
inline void forward_tile(const int16_t* xp, const int16_t* f, int32_t* sums, const Shape& s) {
  const __m512i ones = _mm512_set1_epi16(1);
  __m512i acc[P][V];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) acc[p][v] = _mm512_setzero_si512();
  const int64_t step = 2 * s.cout;
  for (int64_t ky = 0; ky < s.k; ky++)
    for (int64_t kx = 0; kx < s.k; kx++) {
      const int16_t* x = xp + (ky * s.wp() + kx) * C;
      for (int c = 0; c < C; c += 2, f += step) {
        __m512i fv[V];
        UNROLL for (int v = 0; v < V; v++) fv[v] = load(f + v * 2 * kLanes);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i xv = pair(x + p * C + c);
          UNROLL for (int v = 0; v < V; v++)
            acc[p][v] = _mm512_dpwssd_epi32(acc[p][v], _mm512_max_epi16(xv, fv[v]), ones);
        }
      }
    }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++)
      _mm512_storeu_si512(sums + (p * V + v) * kLanes, acc[p][v]);
}

// P pixels of one row by V vectors of 16 input channels. C is Cout.
template <int P, int V, int C>
inline void input_gradient_tile(const int16_t* x, const int16_t* gp, const int16_t* f,
                                int32_t* sums, const Shape& s) {
  const __m512i one = _mm512_set1_epi16(kOne);
  __m512i low[P][V], high[P][V], acc[P][V];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) {
      const __m512i wide = _mm512_cvtepu16_epi32(
          _mm256_loadu_si256((const __m256i*)(x + p * s.cin + v * kLanes)));
      const __m512i twice = _mm512_or_si512(wide, _mm512_slli_epi32(wide, 16));
      low[p][v] = _mm512_subs_epi16(twice, one);
      high[p][v] = _mm512_adds_epi16(twice, one);
      acc[p][v] = _mm512_setzero_si512();
    }
  const int64_t step = 2 * s.cin;
  for (int64_t ky = 0; ky < s.k; ky++)
    for (int64_t kx = 0; kx < s.k; kx++) {
      const int16_t* g = gp + (ky * s.wp() + kx) * C;
      for (int o = 0; o < C; o += 2, f += step) {
        __m512i fv[V];
        UNROLL for (int v = 0; v < V; v++) fv[v] = load(f + v * 2 * kLanes);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i gv = pair(g + p * C + o);
          UNROLL for (int v = 0; v < V; v++) {
            const __m512i near =
                _mm512_min_epi16(_mm512_max_epi16(fv[v], low[p][v]), high[p][v]);
            acc[p][v] = _mm512_dpwssd_epi32(acc[p][v], near, gv);
          }
        }
      }
    }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++)
      _mm512_storeu_si512(sums + (p * V + v) * kLanes, acc[p][v]);
}

template <int C>
at::Tensor forward(const at::Tensor& x, const at::Tensor& filter, const Shape& s) {
  auto out = at::empty({s.n, s.cout, s.h, s.w}, x.options(), at::MemoryFormat::ChannelsLast);
  const auto f = filter_pairs(filter.data_ptr<float>(), s, true, false);
  const auto xp = grid_padded(x.data_ptr<float>(), s, s.cin, kUnit);
  const auto x_sums = window_sums(xp.data(), s, s.cin);
  Buffer<int32_t> f_sums(s.cout, 0);
  for (int64_t i = 0; i < s.taps() * s.cin / 2; i++)
    for (int64_t o = 0; o < s.cout; o++)
      f_sums[o] += f[(i * s.cout + o) * 2] + f[(i * s.cout + o) * 2 + 1];
  float* y = out.data_ptr<float>();
  at::parallel_for(0, s.n * s.h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t n = row / s.h, first = row * s.w;
      const int16_t* xr = &xp[(n * s.hp() + row % s.h) * s.wp() * C];
      along_row<8>(s.w, [&](int64_t px, auto pixels) {
        along_channels<kLanes>(s.cout, [&](int64_t o, auto vectors) {
          constexpr int P = pixels(), V = vectors();
          alignas(64) int32_t maxima[P * V * kLanes];
          forward_tile<P, V, C>(xr + px * C, f.data() + 2 * o, maxima, s);
          for (int p = 0; p < P; p++)
            for (int v = 0; v < V; v++) {
              const int64_t channel = o + v * kLanes;
              const __m512i sums = _mm512_add_epi32(_mm512_set1_epi32(x_sums[first + px + p]),
                                                    _mm512_loadu_si512(&f_sums[channel]));
              const __m512i sum = _mm512_sub_epi32(
                  sums, _mm512_slli_epi32(_mm512_load_si512(maxima + (p * V + v) * kLanes), 1));
              _mm512_storeu_ps(y + (first + px + p) * s.cout + channel,
                               _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_set1_ps(1 / kUnit)));
            }
        });
      });
    }
  });
  return out;
}

float peak_of(const float* p, int64_t count) {
  __m512 peak = _mm512_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes)
    peak = _mm512_max_ps(peak, _mm512_abs_ps(_mm512_loadu_ps(p + i)));
  return _mm512_reduce_max_ps(peak);
}

template <int C>
at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& filter, const at::Tensor& gradient,
                          const Shape& s) {
  auto dx = at::empty_like(x);
  const float peak = std::max(peak_of(gradient.data_ptr<float>(), gradient.numel()), 1e-30f);
  const float factor = gradient_peak(C) / peak;
  const __m512 back = _mm512_set1_ps(1 / (factor * kUnit));
  const auto f = filter_pairs(filter.data_ptr<float>(), s, false, true);
  const auto gp = grid_padded(gradient.data_ptr<float>(), s, s.cout, factor);
  const auto g_sums = window_sums(gp.data(), s, s.cout);
  Shape bare = s;
  bare.k = 1;
  const auto xg = grid_padded(x.data_ptr<float>(), bare, s.cin, kUnit);
  float* to = dx.data_ptr<float>();
  at::parallel_for(0, s.n * s.h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t n = row / s.h, first = row * s.w;
      const int16_t* gr = &gp[(n * s.hp() + row % s.h) * s.wp() * C];
      along_row<4>(s.w, [&](int64_t px, auto pixels) {
        along_channels<kLanes>(s.cin, [&](int64_t c, auto vectors) {
          constexpr int P = pixels(), V = vectors();
          alignas(64) int32_t clipped[P * V * kLanes];
          const int16_t* xs = &xg[(first + px) * s.cin + c];
          input_gradient_tile<P, V, C>(xs, gr + px * C, f.data() + 2 * c, clipped, s);
          for (int p = 0; p < P; p++)
            for (int v = 0; v < V; v++) {
              const __m512i value = _mm512_cvtepi16_epi32(
                  _mm256_loadu_si256((const __m256i*)(xs + p * s.cin + v * kLanes)));
              const __m512i offset = _mm512_mullo_epi32(value, _mm512_set1_epi32(g_sums[first + px + p]));
              const __m512i sum = _mm512_sub_epi32(
                  _mm512_load_si512(clipped + (p * V + v) * kLanes), offset);
              _mm512_storeu_ps(to + (first + px + p) * s.cin + c + v * kLanes,
                               _mm512_mul_ps(_mm512_cvtepi32_ps(sum), back));
            }
        });
      });
    }
  });
  return dx;
}

}  // namespace

bool has_vnni(const Shape& s) {
  const auto fits = [](int64_t c) { return c == 16 || c == 32 || c == 64; };
  return s.k == 3 && fits(s.cin) && fits(s.cout);
}

at::Tensor forward_vnni(const at::Tensor& x, const at::Tensor& filter, const Shape& s) {
  return s.cin == 16   ? forward<16>(x, filter, s)
         : s.cin == 32 ? forward<32>(x, filter, s)
                       : forward<64>(x, filter, s);
}

std::vector<at::Tensor> backward_vnni(const at::Tensor& x, const at::Tensor& filter,
                                      const at::Tensor& gradient, const Shape& s) {
  return {s.cout == 16   ? input_gradient<16>(x, filter, gradient, s)
          : s.cout == 32 ? input_gradient<32>(x, filter, gradient, s)
                         : input_gradient<64>(x, filter, gradient, s),
          filter_gradient_bf16(x, filter, gradient, s)};
}

}  // namespace adder2d

#else

namespace adder2d {

bool has_vnni(const Shape&) { return false; }

at::Tensor forward_vnni(const at::Tensor&, const at::Tensor&, const Shape&) {
  TORCH_CHECK(false, "built without AVX-512 VNNI and BF16");
}

std::vector<at::Tensor> backward_vnni(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                      const Shape&) {
  TORCH_CHECK(false, "built without AVX-512 VNNI and BF16");
}

}  // namespace adder2d

#endif
