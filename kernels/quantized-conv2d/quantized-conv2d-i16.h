#pragma once

// The micro-kernel for every instruction set that cpu/vector-i16.h has vectors of. A lane sums an output
// channel of its own; two neighbouring samples go to all lanes.

#include "../cpu/vector-i16.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kPixels = 2;
constexpr size_t kMostVectors = 4;

/**
 * kPixels pixels from `pixel` on, of which the first `count` are stored, for `Vectors` vectors of channels from `first`
 * on. `Pairs` is how many a row has, or 0: known, its loop dissolves.
 */
template <size_t Vectors, size_t Pairs>
inline void tile(const QuantizedConv2dRow& row, const ToCodes& limits, size_t first, size_t pixel, size_t count) {
  Sums sums[kPixels][Vectors];
#pragma GCC unroll 8
  for (size_t p = 0; p < kPixels; p++)
#pragma GCC unroll 8
    for (size_t v = 0; v < Vectors; v++) sums[p][v] = noSums();

  const size_t pairs = Pairs == 0 ? row.pairs : Pairs;
  const size_t vectorWords = row.kernelHeight * pairs * 2 * kSumLanes;
  const int16_t* weights = row.weights + first * vectorWords;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const int16_t* x = row.rows[tap] + pixel;
#pragma GCC unroll 4
    for (size_t pair = 0; pair < pairs; pair++, x += 2, weights += 2 * kSumLanes) {
      Words input[kPixels];
#pragma GCC unroll 8
      for (size_t p = 0; p < kPixels; p++) input[p] = broadcastPair(x + p);
#pragma GCC unroll 8
      for (size_t v = 0; v < Vectors; v++) {
        const Words w = loadWords(weights + v * vectorWords);
#pragma GCC unroll 8
        for (size_t p = 0; p < kPixels; p++) sums[p][v] = addProducts(sums[p][v], input[p], w);
      }
    }
  }

  const size_t channel = first * kSumLanes;
  for (size_t p = 0; p < count; p++) {
    uint8_t* const y = row.y + (pixel + p) * row.channels + channel;
    if constexpr (Vectors == 4) {
      if (channel + Vectors * kSumLanes <= row.channels) {
        storeFourCodes(sums[p], row.scale + channel, row.bias + channel, limits, y);
        continue;
      }
    }
#pragma GCC unroll 8
    for (size_t v = 0; v < Vectors; v++) {
      const size_t at = v * kSumLanes;
      const float* const scale = row.scale + channel + at;
      const float* const bias = row.bias + channel + at;
      if (channel + at + kSumLanes <= row.channels) {
        storeCodes(sums[p][v], scale, bias, limits, y + at);
      } else {
        uint8_t codes[kSumLanes];
        storeCodes(sums[p][v], scale, bias, limits, codes);
        memcpy(y + at, codes, row.channels - channel - at);
      }
    }
  }
}

template <size_t Vectors, size_t Pairs>
void runPairs(const QuantizedConv2dRow& row, const ToCodes& limits, size_t first) {
  size_t pixel = 0;
  for (; pixel + kPixels <= row.pixels; pixel += kPixels) tile<Vectors, Pairs>(row, limits, first, pixel, kPixels);
  if (pixel < row.pixels) tile<Vectors, Pairs>(row, limits, first, pixel, row.pixels - pixel);
}

template <size_t Vectors>
void runVectors(const QuantizedConv2dRow& row, const ToCodes& limits, size_t first) {
  if (row.pairs == 3)
    runPairs<Vectors, 3>(row, limits, first);
  else
    runPairs<Vectors, 0>(row, limits, first);
}

void runQuantizedConv2d(const QuantizedConv2dRow& row) {
  const float zero = static_cast<float>(row.yZeroPoint);
  const ToCodes limits = {row.relu ? 0.0f : -zero, 255.0f - zero, row.yZeroPoint};
  const size_t vectors = (row.channels + kSumLanes - 1) / kSumLanes;
  size_t first = 0;
  for (; first + kMostVectors <= vectors; first += kMostVectors) runVectors<kMostVectors>(row, limits, first);
  if (first + 2 <= vectors) {
    runVectors<2>(row, limits, first);
    first += 2;
  }
  if (first < vectors) runVectors<1>(row, limits, first);
}

}  // namespace
}  // namespace clearcut
