#pragma once

// The micro-kernel for every instruction set that cpu/vector-f32.h has vectors of. A vector holds channels of a point while
// maps are sampled, and points in the layers.

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

/** Vectors of points that are summed up together. */
constexpr size_t kVectors = 3;
static_assert(kPointsAtOnce % (kVectors * kFloatLanes) == 0, "points fill whole tiles");

void samplePoint(const SampledPoint& point) {
  const Floats across = floatsOf(point.across), down = floatsOf(point.down);
  size_t i = 0;
  for (; i + kFloatLanes <= point.channels; i += kFloatLanes) {
    const Floats a = loadFloats(point.upperLeft + i), b = loadFloats(point.upperRight + i);
    const Floats c = loadFloats(point.lowerLeft + i), d = loadFloats(point.lowerRight + i);
    const Floats upper = a + across * (b - a);
    const Floats lower = c + across * (d - c);
    store(point.values + i, upper + down * (lower - upper));
  }
  for (; i < point.channels; i++) {
    const float upper = point.upperLeft[i] + point.across * (point.upperRight[i] - point.upperLeft[i]);
    const float lower = point.lowerLeft[i] + point.across * (point.lowerRight[i] - point.lowerLeft[i]);
    point.values[i] = upper + point.down * (lower - upper);
  }
}

inline void addInputs(const float* inputs, size_t count, const float* weights,
                      Floats (&sums)[kOutputsAtOnce][kVectors]) {
  for (size_t input = 0; input < count; input++, inputs += kPointsAtOnce, weights += kOutputsAtOnce) {
    Floats x[kVectors];
#pragma GCC unroll 8
    for (size_t v = 0; v < kVectors; v++) x[v] = loadFloats(inputs + v * kFloatLanes);
#pragma GCC unroll 8
    for (size_t o = 0; o < kOutputsAtOnce; o++) {
      const Floats w = floatsOf(weights[o]);
#pragma GCC unroll 8
      for (size_t v = 0; v < kVectors; v++) sums[o][v] = sums[o][v] + w * x[v];
    }
  }
}

void connectLayer(const PointLayerRow& row) {
  const size_t inputs = row.ownInputs + row.coarseInputs;
  for (size_t output = 0; output < row.outputs; output += kOutputsAtOnce) {
    const float* const weights = row.weights + output * inputs;
    for (size_t point = 0; point < kPointsAtOnce; point += kVectors * kFloatLanes) {
      Floats sums[kOutputsAtOnce][kVectors];
#pragma GCC unroll 8
      for (size_t o = 0; o < kOutputsAtOnce; o++)
#pragma GCC unroll 8
        for (size_t v = 0; v < kVectors; v++) sums[o][v] = floatsOf(row.bias[output + o]);
      addInputs(row.own + point, row.ownInputs, weights, sums);
      addInputs(row.coarse + point, row.coarseInputs, weights + row.ownInputs * kOutputsAtOnce, sums);
      for (size_t o = 0; o < kOutputsAtOnce; o++)
        for (size_t v = 0; v < kVectors; v++) {
          const Floats sum = row.relu ? larger(sums[o][v], floatsOf(0.0f)) : sums[o][v];
          store(row.result + (output + o) * kPointsAtOnce + point + v * kFloatLanes, sum);
        }
    }
  }
}

}  // namespace
}  // namespace clearcut
