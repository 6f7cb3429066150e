// AdderNet's layer for training on the CPU (Chen et al., CVPR 2020, arXiv 1912.13200):
//
//   forward   Y = -sum |X - F|
//   dX        = sum_o clip(F - X, -1, 1) dY          (eq. 5)
//   dF        = sum_p (X - F) dY                     (eq. 4)
//
// in 32-bit float, stride 1, odd square kernel, zero padding that keeps the size.
// Activations are [N, H, W, C] (PyTorch's channels_last), filters [Cout, Cin, k, k].
// Two identities leave two, three and one vector instructions per term:
//
//   sum |x - f|      = 2 sum max(x, f) - sum x - sum f
//   clip(f - x, +-1) = min(max(f, x - 1), x + 1) - x
//
// Channel counts must be multiples of 16: lanes are channels. Where 16 bits will do and the
// processor has the instructions, adder2d_vnni.cc or adder2d_avx2.cc takes over.

#include "adder2d.h"

#include <torch/extension.h>

#include <algorithm>

#if defined(__AVX512F__) || defined(__AVX__)
#include <immintrin.h>
#endif

namespace adder2d {
namespace {

// Tiles fill the registers that there are: 32 of 16 lanes, or 16 of 8.
#if defined(__AVX512F__)
constexpr int kLanes = 16, kForwardPixels = 8, kGradientPixels = 4, kBlock = 8;
#else
constexpr int kLanes = 8, kForwardPixels = 4, kGradientPixels = 2, kBlock = 4;
#endif
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes load(const float* p) {
  Lanes v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

inline void store(float* p, Lanes v) { __builtin_memcpy(p, &v, sizeof v); }

inline Lanes broadcast(float s) { return s - Lanes{}; }

inline Lanes maximum(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return (Lanes)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
  return (Lanes)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return a > b ? a : b;
#endif
}

inline Lanes minimum(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return (Lanes)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
  return (Lanes)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return a < b ? a : b;
#endif
}

// [N, H, W, C] -> [N, H + 2r, W + 2r, C] with zeros around.
std::vector<float> pad(const float* x, const Shape& s, int64_t c) {
  std::vector<float> out(s.n * s.hp() * s.wp() * c, 0.f);
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++)
      std::copy_n(x + (n * s.h + y) * s.w * c, s.w * c,
                  &out[((n * s.hp() + y + s.r()) * s.wp() + s.r()) * c]);
  return out;
}

// Sum over the k x k window and all channels, per output pixel.
std::vector<float> window_sums(const float* padded, const Shape& s, int64_t c) {
  const int64_t pixels = s.n * s.hp() * s.wp();
  std::vector<float> per_pixel(pixels), out(s.n * s.h * s.w, 0.f);
  for (int64_t p = 0; p < pixels; p++) {
    Lanes sum{};
    for (int64_t i = 0; i < c; i += kLanes) sum += load(padded + p * c + i);
    float total = 0;
    for (int l = 0; l < kLanes; l++) total += sum[l];
    per_pixel[p] = total;
  }
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++)
      for (int64_t ky = 0; ky < s.k; ky++) {
        const float* from = &per_pixel[(n * s.hp() + y + ky) * s.wp()];
        float* to = &out[(n * s.h + y) * s.w];
        for (int64_t x = 0; x < s.w; x++)
          for (int64_t kx = 0; kx < s.k; kx++) to[x] += from[x + kx];
      }
  return out;
}

// P pixels of one row by V vectors of output channels; f is [tap][cin][cout].
template <int P, int V>
void forward_tile(const float* xp, const float* f, float* sums, const Shape& s) {
  Lanes acc[P][V];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) acc[p][v] = Lanes{};
  for (int64_t ky = 0; ky < s.k; ky++) {
    const float* row = xp + ky * s.wp() * s.cin;
    for (int64_t kx = 0; kx < s.k; kx++)
      for (int64_t c = 0; c < s.cin; c++, f += s.cout) {
        Lanes fv[V];
        UNROLL for (int v = 0; v < V; v++) fv[v] = load(f + v * kLanes);
        UNROLL for (int p = 0; p < P; p++) {
          const Lanes x = broadcast(row[(p + kx) * s.cin + c]);
          UNROLL for (int v = 0; v < V; v++) acc[p][v] += maximum(x, fv[v]);
        }
      }
  }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) store(sums + p * s.cout + v * kLanes, acc[p][v]);
}

// P pixels of one row by V vectors of input channels; gp is padded dY, f is
// [tap][cout][cin] with the taps turned round.
template <int P, int V>
void input_gradient_tile(const float* x, const float* gp, const float* f,
                         const float* gradient_sums, float* dx, const Shape& s) {
  Lanes low[P][V], high[P][V], acc[P][V];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) {
      const Lanes value = load(x + p * s.cin + v * kLanes);
      low[p][v] = value - 1.f;
      high[p][v] = value + 1.f;
      acc[p][v] = Lanes{};
    }
  for (int64_t ky = 0; ky < s.k; ky++) {
    const float* row = gp + ky * s.wp() * s.cout;
    for (int64_t kx = 0; kx < s.k; kx++)
      for (int64_t o = 0; o < s.cout; o++, f += s.cin) {
        Lanes fv[V];
        UNROLL for (int v = 0; v < V; v++) fv[v] = load(f + v * kLanes);
        UNROLL for (int p = 0; p < P; p++) {
          const Lanes g = broadcast(row[(p + kx) * s.cout + o]);
          UNROLL for (int v = 0; v < V; v++)
            acc[p][v] += g * minimum(maximum(fv[v], low[p][v]), high[p][v]);
        }
      }
  }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) {
      const Lanes value = load(x + p * s.cin + v * kLanes);
      store(dx + p * s.cin + v * kLanes, acc[p][v] - value * gradient_sums[p]);
    }
}

// C input channels by V vectors of output channels at one tap, over all pixels.
template <int C, int V>
void filter_gradient_tile(const float* xp, const float* g, float* df, const Shape& s) {
  Lanes acc[C][V];
  UNROLL for (int c = 0; c < C; c++)
    UNROLL for (int v = 0; v < V; v++) acc[c][v] = Lanes{};
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t y = 0; y < s.h; y++) {
      const float* xr = xp + (n * s.hp() + y) * s.wp() * s.cin;
      const float* gr = g + (n * s.h + y) * s.w * s.cout;
      for (int64_t x = 0; x < s.w; x++) {
        Lanes gv[V];
        UNROLL for (int v = 0; v < V; v++) gv[v] = load(gr + x * s.cout + v * kLanes);
        UNROLL for (int c = 0; c < C; c++) {
          const Lanes value = broadcast(xr[x * s.cin + c]);
          UNROLL for (int v = 0; v < V; v++) acc[c][v] += value * gv[v];
        }
      }
    }
  UNROLL for (int c = 0; c < C; c++)
    UNROLL for (int v = 0; v < V; v++) store(df + c * s.cout + v * kLanes, acc[c][v]);
}

Shape shape_of(const at::Tensor& x, const at::Tensor& f) {
  TORCH_CHECK(x.dim() == 4 && f.dim() == 4 && x.scalar_type() == at::kFloat &&
                  f.scalar_type() == at::kFloat,
              "expected float x [N,C,H,W] and f [Cout,Cin,k,k]");
  TORCH_CHECK(x.is_contiguous(at::MemoryFormat::ChannelsLast), "expected x in channels_last");
  TORCH_CHECK(f.size(1) == x.size(1) && f.size(2) == f.size(3) && f.size(2) % 2 == 1,
              "expected an odd square kernel over all channels of x");
  const Shape s{x.size(0), x.size(2), x.size(3), x.size(1), f.size(0), f.size(2)};
  TORCH_CHECK(s.cin % 16 == 0 && s.cout % 16 == 0, "channels must be multiples of 16");
  return s;
}

at::Tensor forward(const at::Tensor& x, const at::Tensor& filter, bool exact) {
  const Shape s = shape_of(x, filter);
  if (!exact && has_vnni(s)) return forward_vnni(x, filter, s);
  if (!exact && has_avx2(s)) return forward_avx2(x, filter, s);
  const auto packed = filter.permute({2, 3, 1, 0}).contiguous();
  const auto filter_sums = filter.sum({1, 2, 3});
  auto out = at::empty({s.n, s.cout, s.h, s.w}, x.options(), at::MemoryFormat::ChannelsLast);
  const std::vector<float> xp = pad(x.data_ptr<float>(), s, s.cin);
  const std::vector<float> x_sums = window_sums(xp.data(), s, s.cin);
  const float* f = packed.data_ptr<float>();
  const float* f_sums = filter_sums.data_ptr<float>();
  float* y = out.data_ptr<float>();
  at::parallel_for(0, s.n * s.h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t n = row / s.h, first = row * s.w;
      const float* xr = &xp[(n * s.hp() + row % s.h) * s.wp() * s.cin];
      along_row<kForwardPixels>(s.w, [&](int64_t px, auto pixels) {
        along_channels<kLanes>(s.cout, [&](int64_t o, auto vectors) {
          forward_tile<pixels(), vectors()>(xr + px * s.cin, f + o, y + (first + px) * s.cout + o, s);
        });
      });
      for (int64_t p = first; p < first + s.w; p++)
        for (int64_t o = 0; o < s.cout; o++)
          y[p * s.cout + o] = x_sums[p] + f_sums[o] - 2.f * y[p * s.cout + o];
    }
  });
  return out;
}

std::vector<at::Tensor> backward(const at::Tensor& x, const at::Tensor& filter,
                                 const at::Tensor& gradient, bool exact) {
  const Shape s = shape_of(x, filter);
  TORCH_CHECK(gradient.is_contiguous(at::MemoryFormat::ChannelsLast), "expected dY in channels_last");
  if (!exact && has_vnni(s)) return backward_vnni(x, filter, gradient, s);
  if (!exact && has_avx2(s)) return backward_avx2(x, filter, gradient, s);
  const auto turned = filter.flip({2, 3}).permute({2, 3, 0, 1}).contiguous();
  const std::vector<float> xp = pad(x.data_ptr<float>(), s, s.cin);
  const float* g = gradient.data_ptr<float>();
  const std::vector<float> gp = pad(g, s, s.cout);
  const std::vector<float> g_sums = window_sums(gp.data(), s, s.cout);

  auto dx = at::empty_like(x);
  const float* xs = x.data_ptr<float>();
  const float* f = turned.data_ptr<float>();
  float* dxs = dx.data_ptr<float>();
  at::parallel_for(0, s.n * s.h, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t n = row / s.h, first = row * s.w;
      const float* gr = &gp[(n * s.hp() + row % s.h) * s.wp() * s.cout];
      along_row<kGradientPixels>(s.w, [&](int64_t px, auto pixels) {
        along_channels<kLanes>(s.cin, [&](int64_t c, auto vectors) {
          input_gradient_tile<pixels(), vectors()>(xs + (first + px) * s.cin + c,
                                                   gr + px * s.cout, f + c, &g_sums[first + px],
                                                   dxs + (first + px) * s.cin + c, s);
        });
      });
    }
  });

  auto df = at::empty({s.k, s.k, s.cin, s.cout}, filter.options());
  const int64_t blocks = s.cin / kBlock;
  at::parallel_for(0, s.taps() * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t tap = i / blocks, c = i % blocks * kBlock;
      const float* xt = &xp[((tap / s.k) * s.wp() + tap % s.k) * s.cin + c];
      float* to = df.data_ptr<float>() + (tap * s.cin + c) * s.cout;
      along_channels<kLanes>(s.cout, [&](int64_t o, auto vectors) {
        filter_gradient_tile<kBlock, vectors()>(xt, g + o, to + o, s);
      });
    }
  });
  // Zero padding takes part in every window, so the -F dY term is the plain sum of dY.
  const auto dy_sums = gradient.sum({0, 2, 3}).view({-1, 1, 1, 1});
  return {dx, df.permute({3, 2, 0, 1}) - filter * dy_sums};
}

}  // namespace
}  // namespace adder2d

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", &adder2d::forward, "Y = -sum |X - F|");
  m.def("backward", &adder2d::backward, "dX, dF of AdderNet");
}
