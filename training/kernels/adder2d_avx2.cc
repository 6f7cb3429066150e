// The layer of adder2d.cc on a 16-bit grid, for AVX2 where AVX-512 VNNI is not there.
//
// X and F become integers of step 1/2048 (so +-1 is +-2048 and the range is +-15), two channels to
// a 32-bit lane; vpmaddwd sums both into 32 bits:
//
//   forward   sum max(x, f)                          pairs are added in 16 bits first, saturating
//   dX        sum g * min(max(f, x - 2048), x + 2048)  less x * sum g, where g is dY scaled so that
//             the difference fits 32 bits; on the way there it may wrap round
//   dF        sum x g, two pixels to a lane, in blocks short enough for 32 bits

#include "adder2d.h"

#if defined(__AVX2__) && !(defined(__AVX512VNNI__) && defined(__AVX512BF16__))
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>

namespace adder2d {
namespace {

constexpr float kUnit = 2048.f;
constexpr int kOne = 2048;
constexpr int kLanes = 8;   // channels to a vector of pairs
constexpr int kPairs = 64;  // pixel pairs that dF sums in 32 bits: 64 * 2 * 2047 * 8191 < 2^31
constexpr float kInputPeak = 2047.f, kGradientPeak = 8191.f;

// The largest g of dX: 9 C terms of up to 2048 g stay below 2^31.
constexpr float gradient_peak(int channels) { return float((1 << 20) / (9 * channels) - 1); }

// Without the zeros that std::vector writes first; 64-byte aligned.
template <typename T>
struct Buffer {
  explicit Buffer(int64_t count) : p(static_cast<T*>(_mm_malloc(count * sizeof(T), 64))) {}
  Buffer(int64_t count, T value) : Buffer(count) { std::fill_n(p.get(), count, value); }
  T& operator[](int64_t i) { return p.get()[i]; }
  const T& operator[](int64_t i) const { return p.get()[i]; }
  T* data() { return p.get(); }
  const T* data() const { return p.get(); }
  struct Free {
    void operator()(T* q) const { _mm_free(q); }
  };
  std::unique_ptr<T, Free> p;
};

inline __m256i load(const void* p) { return _mm256_loadu_si256((const __m256i*)p); }

// Kept in a register for all pixels of a tile: left to itself the compiler loads it for each.
inline __m256i load_once(const void* p) {
  __m256i v = _mm256_load_si256((const __m256i*)p);
  asm("" : "+x"(v));
  return v;
}

inline __m256i pair(const int16_t* p) {
  int32_t both;
  std::memcpy(&both, p, sizeof both);
  return _mm256_set1_epi32(both);
}

constexpr float kLimit = 32000.f;

// Sixteen floats, times a factor, as 16-bit integers in order, held within +-limit.
inline __m256i to_grid(const float* p, __m256 factor, __m256 limit) {
  const __m256 low = _mm256_sub_ps(_mm256_setzero_ps(), limit);
  const auto clamp = [&](const float* q) {
    const __m256 v = _mm256_mul_ps(_mm256_loadu_ps(q), factor);
    return _mm256_cvtps_epi32(_mm256_max_ps(_mm256_min_ps(v, limit), low));
  };
  return _mm256_permute4x64_epi64(_mm256_packs_epi32(clamp(p), clamp(p + 8)), 0xd8);
}

// [N, H, W, C] -> the grid, [N, H + 2r, W + 2r, C] with zeros around.
Buffer<int16_t> grid_padded(const float* x, const Shape& s, int64_t c, float factor,
                            float most = kLimit) {
  Buffer<int16_t> out(s.n * s.hp() * s.wp() * c, 0);
  const __m256 f = _mm256_set1_ps(factor), limit = _mm256_set1_ps(most);
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++) {
      const float* from = x + (n * s.h + y) * s.w * c;
      int16_t* to = &out[((n * s.hp() + y + s.r()) * s.wp() + s.r()) * c];
      for (int64_t i = 0; i < s.w * c; i += 16)
        _mm256_storeu_si256((__m256i*)(to + i), to_grid(from + i, f, limit));
    }
  return out;
}

inline int32_t sum_of(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s);
}

// Sum over the k x k window and all channels, per output pixel.
Buffer<int32_t> window_sums(const int16_t* padded, const Shape& s, int64_t c) {
  const int64_t pixels = s.n * s.hp() * s.wp();
  Buffer<int32_t> per_pixel(pixels), out(s.n * s.h * s.w, 0);
  const __m256i ones = _mm256_set1_epi16(1);
  for (int64_t p = 0; p < pixels; p++) {
    __m256i sum = _mm256_setzero_si256();
    for (int64_t i = 0; i < c; i += 16)
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load(padded + p * c + i), ones));
    per_pixel[p] = sum_of(sum);
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

// f [A, B, k, k] -> the grid as [B / L][tap][A / 2][L][2]: what a tile of L lanes reads lies
// together and stays in the first cache. With turn, the taps turned round.
template <int L>
Buffer<int16_t> filter_pairs(const float* f, const Shape& s, bool over_inputs, bool turn) {
  const int64_t pairs = (over_inputs ? s.cin : s.cout) / 2;
  Buffer<int16_t> out(s.taps() * s.cin * s.cout);
  for (int64_t o = 0; o < s.cout; o++)
    for (int64_t c = 0; c < s.cin; c++)
      for (int64_t t = 0; t < s.taps(); t++) {
        const float v = std::nearbyint(f[(o * s.cin + c) * s.taps() + t] * kUnit);
        const int64_t a = over_inputs ? c : o, b = over_inputs ? o : c;
        const int64_t tap = turn ? s.taps() - 1 - t : t;
        out[(((b / L * s.taps() + tap) * pairs + a / 2) * L + b % L) * 2 + a % 2] =
            (int16_t)std::max(-kLimit, std::min(v, kLimit));
      }
  return out;
}

// P pixels of one row by V vectors of 8 output channels. C is Cin.
template <int P, int V, int C>
inline void forward_tile(const int16_t* xp, const int16_t* f, int32_t* sums, const Shape& s) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i acc[P][V];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) acc[p][v] = _mm256_setzero_si256();
  constexpr int kStep = 2 * V * kLanes;
  for (int64_t ky = 0; ky < s.k; ky++)
    for (int64_t kx = 0; kx < s.k; kx++) {
      const int16_t* x = xp + (ky * s.wp() + kx) * C;
      for (int c = 0; c < C; c += 4, f += 2 * kStep) {
        __m256i f0[V], f1[V];
        UNROLL for (int v = 0; v < V; v++) {
          f0[v] = load_once(f + v * 2 * kLanes);
          f1[v] = load_once(f + kStep + v * 2 * kLanes);
        }
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i x0 = pair(x + p * C + c), x1 = pair(x + p * C + c + 2);
          UNROLL for (int v = 0; v < V; v++) {
            const __m256i both =
                _mm256_adds_epi16(_mm256_max_epi16(x0, f0[v]), _mm256_max_epi16(x1, f1[v]));
            acc[p][v] = _mm256_add_epi32(acc[p][v], _mm256_madd_epi16(both, ones));
          }
        }
      }
    }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++)
      _mm256_store_si256((__m256i*)(sums + (p * V + v) * kLanes), acc[p][v]);
}

// Ends a loop over a sum: without it the compiler keeps a copy of every sum in the loop for what
// comes after, and has no registers left.
inline void settle(__m256i& sum) { asm("" : "+x"(sum)); }

// P pixels of one row by 8 input channels. C is Cout.
template <int P, int C>
inline void input_gradient_tile(const int16_t* x, const int16_t* gp, const int16_t* f,
                                int32_t* sums, const Shape& s) {
  const __m256i one = _mm256_set1_epi16(kOne);
  __m256i low[P], high[P], acc[P];
  UNROLL for (int p = 0; p < P; p++) {
    const __m256i wide =
        _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)(x + p * s.cin)));
    const __m256i twice = _mm256_or_si256(wide, _mm256_slli_epi32(wide, 16));
    low[p] = _mm256_subs_epi16(twice, one);
    high[p] = _mm256_adds_epi16(twice, one);
    acc[p] = _mm256_setzero_si256();
  }
  for (int64_t ky = 0; ky < s.k; ky++)
    for (int64_t kx = 0; kx < s.k; kx++) {
      const int16_t* g = gp + (ky * s.wp() + kx) * C;
      for (int o = 0; o < C; o += 2, f += 2 * kLanes) {
        const __m256i fv = load_once(f);
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i near = _mm256_min_epi16(_mm256_max_epi16(fv, low[p]), high[p]);
          acc[p] = _mm256_add_epi32(acc[p], _mm256_madd_epi16(near, pair(g + p * C + o)));
        }
      }
    }
  UNROLL for (int p = 0; p < P; p++) settle(acc[p]);
  UNROLL for (int p = 0; p < P; p++)
    _mm256_store_si256((__m256i*)(sums + p * kLanes), acc[p]);
}

template <int C>
at::Tensor forward(const at::Tensor& x, const at::Tensor& filter, const Shape& s) {
  constexpr int V = 2, L = V * kLanes;
  auto out = at::empty({s.n, s.cout, s.h, s.w}, x.options(), at::MemoryFormat::ChannelsLast);
  const auto f = filter_pairs<L>(filter.data_ptr<float>(), s, true, false);
  const auto xp = grid_padded(x.data_ptr<float>(), s, s.cin, kUnit);
  const auto x_sums = window_sums(xp.data(), s, s.cin);
  const int64_t block = s.taps() * C * L;
  Buffer<int32_t> f_sums(s.cout, 0);
  for (int64_t o = 0; o < s.cout; o++)
    for (int64_t i = 0; i < s.taps() * C; i++)
      f_sums[o] += f[o / L * block + (i / 2 * L + o % L) * 2 + i % 2];
  float* y = out.data_ptr<float>();
  at::parallel_for(0, s.n, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; n++)
      for (int64_t o = 0; o < s.cout; o += L)
        for (int64_t row = 0; row < s.h; row++) {
          const int64_t first = (n * s.h + row) * s.w;
          const int16_t* xr = &xp[(n * s.hp() + row) * s.wp() * C];
          along_row<4>(s.w, [&](int64_t px, auto pixels) {
            constexpr int P = pixels();
            alignas(32) int32_t maxima[P * L];
            forward_tile<P, V, C>(xr + px * C, &f[o / L * block], maxima, s);
            for (int p = 0; p < P; p++)
              for (int v = 0; v < V; v++) {
                const int64_t channel = o + v * kLanes;
                const __m256i sums = _mm256_add_epi32(_mm256_set1_epi32(x_sums[first + px + p]),
                                                      load(&f_sums[channel]));
                const __m256i sum = _mm256_sub_epi32(
                    sums, _mm256_slli_epi32(load(maxima + (p * V + v) * kLanes), 1));
                _mm256_storeu_ps(
                    y + (first + px + p) * s.cout + channel,
                    _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(1 / kUnit)));
              }
          });
        }
  });
  return out;
}

// What the grid has to hold: the largest magnitude, or kTail times the root mean square where that
// is less. A few values far out (batch norm multiplies what hardly varies) would leave no steps for
// the rest; they are held at the grid's end.
constexpr double kTail = 100;

float extent_of(const float* p, int64_t count) {
  const __m256 sign = _mm256_set1_ps(-0.f);
  __m256 peak = _mm256_setzero_ps();
  double squares = 0;
  for (int64_t i = 0; i < count;) {
    __m256 part = _mm256_setzero_ps();
    for (const int64_t end = std::min(count, i + 1024); i < end; i += kLanes) {
      const __m256 v = _mm256_loadu_ps(p + i);
      peak = _mm256_max_ps(peak, _mm256_andnot_ps(sign, v));
      part = _mm256_add_ps(part, _mm256_mul_ps(v, v));
    }
    for (int l = 0; l < kLanes; l++) squares += part[l];
  }
  float most = 0;
  for (int l = 0; l < kLanes; l++) most = std::max(most, peak[l]);
  return std::max(float(std::min<double>(most, kTail * std::sqrt(squares / count))), 1e-30f);
}

template <int C>
at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& filter, const at::Tensor& gradient,
                          float extent, const Shape& s) {
  auto dx = at::empty_like(x);
  const float factor = gradient_peak(C) / extent;
  const __m256 back = _mm256_set1_ps(1 / (factor * kUnit));
  const auto f = filter_pairs<kLanes>(filter.data_ptr<float>(), s, false, true);
  const auto gp =
      grid_padded(gradient.data_ptr<float>(), s, s.cout, factor, gradient_peak(C));
  const auto g_sums = window_sums(gp.data(), s, s.cout);
  Shape bare = s;
  bare.k = 1;
  const auto xg = grid_padded(x.data_ptr<float>(), bare, s.cin, kUnit);
  float* to = dx.data_ptr<float>();
  at::parallel_for(0, s.n, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; n++)
      for (int64_t c = 0; c < s.cin; c += kLanes)
        for (int64_t row = 0; row < s.h; row++) {
          const int64_t first = (n * s.h + row) * s.w;
          const int16_t* gr = &gp[(n * s.hp() + row) * s.wp() * C];
          along_row<4>(s.w, [&](int64_t px, auto pixels) {
            constexpr int P = pixels();
            alignas(32) int32_t clipped[P * kLanes];
            const int16_t* xs = &xg[(first + px) * s.cin + c];
            input_gradient_tile<P, C>(xs, gr + px * C, &f[c * s.taps() * C], clipped, s);
            for (int p = 0; p < P; p++) {
              const __m256i value =
                  _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i*)(xs + p * s.cin)));
              const __m256i offset =
                  _mm256_mullo_epi32(value, _mm256_set1_epi32(g_sums[first + px + p]));
              const __m256i sum = _mm256_sub_epi32(load(clipped + p * kLanes), offset);
              _mm256_storeu_ps(to + (first + px + p) * s.cin + c,
                               _mm256_mul_ps(_mm256_cvtepi32_ps(sum), back));
            }
          });
        }
  });
  return dx;
}

// Each position's values beside its right neighbour's: [rows, w, c] -> [c / B][rows, count, B, 2],
// where entry i holds pixels i * stride and i * stride + 1; zeros beyond the row. What a tile of B
// channels reads lies together.
template <int B>
Buffer<int16_t> neighbours(const int16_t* from, int64_t rows, int64_t w, int64_t c, int64_t count,
                           int64_t stride) {
  Buffer<int16_t> out(rows * count * c * 2, 0);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < count && i * stride < w; i++) {
      const int16_t* a = from + (row * w + i * stride) * c;
      const bool last = i * stride + 1 >= w;
      for (int64_t k = 0; k < c; k += 8) {
        const __m128i left = _mm_loadu_si128((const __m128i*)(a + k));
        const __m128i right =
            last ? _mm_setzero_si128() : _mm_loadu_si128((const __m128i*)(a + c + k));
        const auto place = [&](int64_t channel) {
          return &out[((channel / B * rows + row) * count + i) * B * 2 + channel % B * 2];
        };
        _mm_store_si128((__m128i*)place(k), _mm_unpacklo_epi16(left, right));
        _mm_store_si128((__m128i*)place(k + 4), _mm_unpackhi_epi16(left, right));
      }
    }
  return out;
}

constexpr int kInputs = 4, kOutputs = 16;  // channels of a tile of dF

// kInputs by kOutputs channels at one tap, over `rows` rows of `pairs` pixel pairs, added to df
// [kInputs][cout]. A row of x is x_row integers long.
inline void filter_gradient_tile(const int16_t* x, const int16_t* g, float* df, int64_t rows,
                                 int64_t pairs, int64_t x_row, const Shape& s) {
  constexpr int C = kInputs, V = kOutputs / kLanes;
  __m256i acc[C][V];
  UNROLL for (int c = 0; c < C; c++)
    UNROLL for (int v = 0; v < V; v++) acc[c][v] = _mm256_setzero_si256();
  for (int64_t row = 0; row < rows; row++) {
    const int16_t* xr = x + row * x_row;
    for (int64_t i = 0; i < pairs; i++, xr += 2 * 2 * kInputs, g += 2 * kOutputs) {
      __m256i gv[V];
      UNROLL for (int v = 0; v < V; v++) gv[v] = load_once(g + v * 2 * kLanes);
      UNROLL for (int c = 0; c < C; c++) {
        const __m256i xv = pair(xr + 2 * c);
        UNROLL for (int v = 0; v < V; v++)
          acc[c][v] = _mm256_add_epi32(acc[c][v], _mm256_madd_epi16(xv, gv[v]));
      }
    }
  }
  UNROLL for (int c = 0; c < C; c++)
    UNROLL for (int v = 0; v < V; v++) settle(acc[c][v]);
  UNROLL for (int c = 0; c < C; c++)
    UNROLL for (int v = 0; v < V; v++) {
      float* to = df + c * s.cout + v * kLanes;
      _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), _mm256_cvtepi32_ps(acc[c][v])));
    }
}

at::Tensor filter_gradient(const at::Tensor& x, const at::Tensor& filter,
                           const at::Tensor& gradient, float extent, const Shape& s) {
  const float* xs = x.data_ptr<float>();
  const float* gs = gradient.data_ptr<float>();
  const float x_factor = kInputPeak / extent_of(xs, x.numel());
  const float g_factor = kGradientPeak / extent;
  const int64_t pairs = (s.w + 1) / 2, x_count = 2 * pairs + s.k - 1;
  Shape bare = s;
  bare.k = 1;
  const auto xp = grid_padded(xs, s, s.cin, x_factor, kInputPeak);
  const auto gp = grid_padded(gs, bare, s.cout, g_factor, kGradientPeak);
  const auto x2 = neighbours<kInputs>(xp.data(), s.n * s.hp(), s.wp(), s.cin, x_count, 1);
  const auto g2 = neighbours<kOutputs>(gp.data(), s.n * s.h, s.w, s.cout, pairs, 2);
  const int64_t x_row = x_count * kInputs * 2, g_row = pairs * kOutputs * 2;
  const int64_t chunk = std::max<int64_t>(1, kPairs / pairs), chunks = (s.h + chunk - 1) / chunk;
  TORCH_CHECK(pairs <= kPairs, "patches may be ", 2 * kPairs, " pixels wide");

  auto df = at::zeros({s.k, s.k, s.cin, s.cout}, filter.options());
  std::mutex adding;
  at::parallel_for(0, s.n * chunks, 1, [&](int64_t begin, int64_t end) {
    Buffer<float> part(s.taps() * s.cin * s.cout, 0.f);
    for (int64_t i = begin; i < end; i++) {
      const int64_t n = i / chunks, y = i % chunks * chunk;
      const int64_t rows = std::min(chunk, s.h - y);
      for (int64_t c = 0; c < s.cin; c += kInputs) {
        const int16_t* xc = &x2[(c / kInputs * s.n * s.hp() + n * s.hp() + y) * x_row];
        for (int64_t tap = 0; tap < s.taps(); tap++)
          for (int64_t o = 0; o < s.cout; o += kOutputs)
            filter_gradient_tile(xc + tap / s.k * x_row + tap % s.k * kInputs * 2,
                                 &g2[(o / kOutputs * s.n * s.h + n * s.h + y) * g_row],
                                 &part[(tap * s.cin + c) * s.cout + o], rows, pairs, x_row, s);
      }
    }
    const std::lock_guard<std::mutex> lock(adding);
    float* to = df.data_ptr<float>();
    for (int64_t i = 0; i < s.taps() * s.cin * s.cout; i++) to[i] += part[i];
  });
  const auto dy_sums = gradient.sum({0, 2, 3}).view({-1, 1, 1, 1});
  return df.permute({3, 2, 0, 1}) * (1 / (x_factor * g_factor)) - filter * dy_sums;
}

}  // namespace

bool has_avx2(const Shape& s) {
  const auto fits = [](int64_t c) { return c == 16 || c == 32 || c == 64; };
  return s.k == 3 && fits(s.cin) && fits(s.cout) && s.w <= 2 * kPairs;
}

at::Tensor forward_avx2(const at::Tensor& x, const at::Tensor& filter, const Shape& s) {
  return s.cin == 16   ? forward<16>(x, filter, s)
         : s.cin == 32 ? forward<32>(x, filter, s)
                       : forward<64>(x, filter, s);
}

std::vector<at::Tensor> backward_avx2(const at::Tensor& x, const at::Tensor& filter,
                                      const at::Tensor& gradient, const Shape& s) {
  const float extent = extent_of(gradient.data_ptr<float>(), gradient.numel());
  return {s.cout == 16   ? input_gradient<16>(x, filter, gradient, extent, s)
          : s.cout == 32 ? input_gradient<32>(x, filter, gradient, extent, s)
                         : input_gradient<64>(x, filter, gradient, extent, s),
          filter_gradient(x, filter, gradient, extent, s)};
}

}  // namespace adder2d

#else

namespace adder2d {

bool has_avx2(const Shape&) { return false; }

at::Tensor forward_avx2(const at::Tensor&, const at::Tensor&, const Shape&) {
  TORCH_CHECK(false, "built without AVX2, or with what is faster");
}

std::vector<at::Tensor> backward_avx2(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                      const Shape&) {
  TORCH_CHECK(false, "built without AVX2, or with what is faster");
}

}  // namespace adder2d

#endif
