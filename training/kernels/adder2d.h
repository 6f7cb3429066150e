// What the kernels of AdderNet's layer share: shapes and the walk over pixels and channels.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <type_traits>
#include <vector>

// Sums stay in registers only if every loop over them is unrolled.
#define UNROLL _Pragma("GCC unroll 8")

namespace adder2d {

struct Shape {
  int64_t n, h, w, cin, cout, k;
  int64_t r() const { return k / 2; }
  int64_t hp() const { return h + k - 1; }
  int64_t wp() const { return w + k - 1; }
  int64_t taps() const { return k * k; }
};

// Calls tile(first pixel, width P as a constant) along a row: whole tiles, then single pixels.
template <int P, typename Tile>
inline void along_row(int64_t w, const Tile& tile) {
  int64_t x = 0;
  for (; x + P <= w; x += P) tile(x, std::integral_constant<int, P>{});
  for (; x < w; x++) tile(x, std::integral_constant<int, 1>{});
}

// Calls block(first channel, vectors of L lanes as a constant) over the channels of a pixel.
template <int L, typename Block>
inline void along_channels(int64_t channels, const Block& block) {
  int64_t c = 0;
  for (; c + 2 * L <= channels; c += 2 * L) block(c, std::integral_constant<int, 2>{});
  if (c < channels) block(c, std::integral_constant<int, 1>{});
}

// Whether the 16-bit kernels are in this build and take this shape.
bool has_vnni(const Shape& s);
at::Tensor forward_vnni(const at::Tensor& x, const at::Tensor& filter, const Shape& s);
std::vector<at::Tensor> backward_vnni(const at::Tensor& x, const at::Tensor& filter,
                                      const at::Tensor& gradient, const Shape& s);
bool has_avx2(const Shape& s);
at::Tensor forward_avx2(const at::Tensor& x, const at::Tensor& filter, const Shape& s);
std::vector<at::Tensor> backward_avx2(const at::Tensor& x, const at::Tensor& filter,
                                      const at::Tensor& gradient, const Shape& s);
at::Tensor filter_gradient_bf16(const at::Tensor& x, const at::Tensor& filter,
                                const at::Tensor& gradient, const Shape& s);

}  // namespace adder2d
