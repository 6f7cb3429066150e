#pragma once

// The micro-kernel for every instruction set that cpu/vector-i16.h has vectors of. A vector holds neighbouring
// codes of a window's row; what its lanes sum up for an output is added together at the end.

#include "../cpu/vector-i16.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kPixels = 2;
constexpr size_t kWords = 2 * kSumLanes;

/** kPixels pixels from `pixel` on, of which the first `count` are stored. */
inline void tile(const SubpixelConv2dRow& row, size_t block, size_t pixel, size_t count) {
  Sums sums[kPixels][kOutputsAtOnce];
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t o = 0; o < kOutputsAtOnce; o++) sums[p][o] = noSums();

  const size_t step = row.pixelStep;
  const int16_t* weights = row.weights + block * row.kernelHeight * row.groups * kOutputsAtOnce * kWords;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const uint8_t* x = row.rows[tap] + pixel * step;
    for (size_t group = 0; group < row.groups; group++, x += kWords, weights += kOutputsAtOnce * kWords) {
      Words input[kPixels];
#pragma GCC unroll 8
      for (size_t p = 0; p < kPixels; p++) input[p] = widenCodes(x + p * step);
#pragma GCC unroll 8
      for (size_t o = 0; o < kOutputsAtOnce; o++) {
        const Words w = loadWords(weights + o * kWords);
#pragma GCC unroll 8
        for (size_t p = 0; p < kPixels; p++) sums[p][o] = addProducts(sums[p][o], input[p], w);
      }
    }
  }
  const size_t sumsStep = row.blocks * kOutputsAtOnce;
  for (size_t p = 0; p < count; p++) addAcross(sums[p], row.sums + (pixel + p) * sumsStep + block * kOutputsAtOnce);
}

void sumSubpixels(const SubpixelConv2dRow& row) {
  for (size_t block = 0; block < row.blocks; block++) {
    size_t pixel = 0;
    for (; pixel + kPixels <= row.pixels; pixel += kPixels) tile(row, block, pixel, kPixels);
    if (pixel < row.pixels) tile(row, block, pixel, row.pixels - pixel);
  }
}

void enlargeDown(const float* const* rows, const float* weights, size_t count, float* __restrict v) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  const float k0 = weights[0], k1 = weights[1], k2 = weights[2], k3 = weights[3];
  for (size_t i = 0; i < count; i++) v[i] = ((k0 * r0[i] + k1 * r1[i]) + k2 * r2[i]) + k3 * r3[i];
}

/** With the block size known the loop over phases dissolves. */
template <size_t Known>
void finishRow(const SubpixelRow& row) {
  const size_t s = Known == 0 ? row.blockSize : Known;
  float* __restrict y = row.y;
  for (size_t phase = 0; phase < s; phase++) {
    const float* const k = row.tapWeights[phase];
    const float k0 = k[0], k1 = k[1], k2 = k[2], k3 = k[3];
    const float scale = row.scale[phase], bias = row.bias[phase];
    const int32_t start = row.start[phase];
    const float* const skip = row.skip + row.firstTap[phase];
    const int32_t* const sums = row.sums + phase;
    const size_t sumsStep = row.sumsStep;
    for (size_t i = 0; i < row.pixels; i++) {
      const float t = static_cast<float>(sums[i * sumsStep] + start) * scale + bias;
      const float b = ((k0 * skip[i] + k1 * skip[i + 1]) + k2 * skip[i + 2]) + k3 * skip[i + 3];
      y[i * s + phase] = t + b;
    }
  }
}

void finishSubpixels(const SubpixelRow& row) {
  switch (row.blockSize) {
    case 2:
      return finishRow<2>(row);
    case 3:
      return finishRow<3>(row);
    case 4:
      return finishRow<4>(row);
    default:
      return finishRow<0>(row);
  }
}

}  // namespace
}  // namespace clearcut
