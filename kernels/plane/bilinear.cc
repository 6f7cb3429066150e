#include "bilinear.h"

#include <algorithm>

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 8;

/** A line of `width` samples, each of a column's taps. */
void mixRows(const float* source, size_t width, const float* weights, size_t taps, float* __restrict line) {
  std::fill(line, line + width, 0.0f);
  for (size_t tap = 0; tap < taps; tap++, source += width) {
    const float weight = weights[tap];
    for (size_t x = 0; x < width; x++) line[x] = line[x] + weight * source[x];
  }
}

void mixColumns(const float* line, const LinearAxis& axis, float* __restrict target) {
  const float* weights = axis.weights;
  for (size_t x = 0; x < axis.count; x++, weights += axis.taps) {
    const float* const from = line + axis.starts[x];
    float sum = 0.0f;
    for (size_t tap = 0; tap < axis.taps; tap++) sum = sum + weights[tap] * from[tap];
    target[x] = sum;
  }
}

}  // namespace

void resizeBilinear(ThreadPool& pool, const BilinearWork& work) {
  const LinearAxis& vertical = work.vertical;
  pool.forRange(work.planes * vertical.count, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    auto* const line = reinterpret_cast<float*>(scratch.bytes(work.width * sizeof(float)));
    for (size_t index = from; index < to; index++) {
      const size_t plane = index / vertical.count;
      const size_t row = index % vertical.count;
      const float* const source =
          work.source + (plane * work.height + static_cast<size_t>(vertical.starts[row])) * work.width;
      mixRows(source, work.width, vertical.weights + row * vertical.taps, vertical.taps, line);
      mixColumns(line, work.horizontal, work.target + (plane * work.rows + row) * work.stride);
    }
  });
}

}  // namespace clearcut
