#pragma once

// The micro-kernel for every instruction set that cpu/vector-f32.h has vectors of. A vector holds neighbouring pixels.

#include "../cpu/exponential-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

/** Calls `at` with the first pixel of each vector; the last one is moved back to end with the row. */
template <typename Function>
inline void forVectors(size_t pixels, Function at) {
  size_t pixel = 0;
  for (; pixel + kFloatLanes <= pixels; pixel += kFloatLanes) at(pixel);
  if (pixel < pixels) at(pixels - kFloatLanes);
}

template <size_t Taps>
void weighTaps(const FilterWeightsRow& row) {
  forVectors(row.pixels, [&](size_t pixel) {
    const float* const logits = row.logits + pixel;
    float* const weights = row.weights + pixel;
    Floats most = loadFloats(logits);
    for (size_t tap = 1; tap < Taps; tap++) most = larger(loadFloats(logits + tap * row.tapStep), most);
    Floats sum = exponential(loadFloats(logits) - most);
    store(weights, sum);
    for (size_t tap = 1; tap < Taps; tap++) {
      const Floats power = exponential(loadFloats(logits + tap * row.tapStep) - most);
      store(weights + tap * row.pixels, power);
      sum = sum + power;
    }
    const Floats inverse = floatsOf(1.0f) / sum;
    for (size_t tap = 0; tap < Taps; tap++)
      store(weights + tap * row.pixels, loadFloats(weights + tap * row.pixels) * inverse);
  });
}

void weighFilters(const FilterWeightsRow& row) {
  if (row.taps == 9)
    weighTaps<9>(row);
  else
    weighTaps<25>(row);
}

template <size_t Side, size_t Stride>
void filterPixels(const FilteredRow& row) {
  forVectors(row.pixels, [&](size_t pixel) {
    const float* weights = row.weights + pixel;
    Floats sum = floatsOf(0.0f);
    for (size_t i = 0; i < Side; i++)
      for (size_t j = 0; j < Side; j++, weights += row.pixels) {
        const float* const x = row.rows[i] + j % Stride * row.phaseLength + j / Stride + pixel;
        const Floats product = loadFloats(weights) * loadFloats(x);
        sum = i + j == 0 ? product : sum + product;
      }
    store(row.y + pixel, sum);
  });
}

void filterRow(const FilteredRow& row) {
  if (row.side == 3)
    row.stride == 1 ? filterPixels<3, 1>(row) : filterPixels<3, 2>(row);
  else
    row.stride == 1 ? filterPixels<5, 1>(row) : filterPixels<5, 2>(row);
}

void splitRow(const float* source, size_t pairs, float* even, float* odd) {
  size_t i = 0;
  for (; i + kFloatLanes <= pairs; i += kFloatLanes) {
    Floats evens, odds;
    takeTurns(loadFloats(source + 2 * i), loadFloats(source + 2 * i + kFloatLanes), evens, odds);
    store(even + i, evens);
    store(odd + i, odds);
  }
  for (; i < pairs; i++) {
    even[i] = source[2 * i];
    odd[i] = source[2 * i + 1];
  }
}

}  // namespace
}  // namespace clearcut
