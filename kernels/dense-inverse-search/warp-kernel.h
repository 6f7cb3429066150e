#pragma once

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr float kCubic = -0.75f;

/** Weights of the four samples round a place (Keys, 1981), by its distance from the second. */
struct CubicWeights {
  Floats tap[4];
};

inline CubicWeights cubicWeights(Floats part) {
  const Floats a = floatsOf(kCubic);
  const Floats one = floatsOf(1.0f);
  const Floats two = floatsOf(2.0f);
  const Floats three = floatsOf(3.0f);
  const Floats rest = one - part;
  // a·t·(1 − t)² and its mirror image; the inner two add up with them to 1.
  CubicWeights weights;
  weights.tap[0] = ((a * part) * rest) * rest;
  weights.tap[3] = ((a * rest) * part) * part;
  weights.tap[1] = (((a + two) * part - (a + three)) * part) * part + one;
  weights.tap[2] = (((a + two) * rest - (a + three)) * rest) * rest + one;
  return weights;
}

/** Where a vector of samples comes from, and the weights there. */
struct Places {
  int32_t at[kFloatLanes];
  float across[4][kFloatLanes];
  float down[4][kFloatLanes];
};

inline void place(const WarpRow& row, Floats x, Floats y, Places& places) {
  x = within(x, -1.0f, static_cast<float>(row.width));
  y = within(y, -1.0f, static_cast<float>(row.height));
  const Floats left = floorOf(x);
  const Floats top = floorOf(y);
  const CubicWeights across = cubicWeights(x - left);
  const CubicWeights down = cubicWeights(y - top);
  for (size_t tap = 0; tap < 4; tap++) {
    store(places.across[tap], across.tap[tap]);
    store(places.down[tap], down.tap[tap]);
  }
  float lefts[kFloatLanes], tops[kFloatLanes];
  store(lefts, left);
  store(tops, top);
  for (size_t i = 0; i < kFloatLanes; i++)
    places.at[i] = (static_cast<int32_t>(tops[i]) - 1) * static_cast<int32_t>(row.stride) + static_cast<int32_t>(lefts[i]) - 1;
}

/** Four channels of one sample: rows first, then taps 0 + 2 and 1 + 3. */
inline Eight cubicSample(const float* picture, size_t stride, const Places& places, size_t i) {
  const float* from = picture + static_cast<ptrdiff_t>(places.at[i]) * static_cast<ptrdiff_t>(kWarpChannels);
  Eight weight = eightOf(places.down[0][i]);
  Eight first = weight * loadEight(from);
  Eight second = weight * loadEight(from + 8);
  for (size_t tap = 1; tap < 4; tap++) {
    from += stride * kWarpChannels;
    weight = eightOf(places.down[tap][i]);
    first = first + weight * loadEight(from);
    second = second + weight * loadEight(from + 8);
  }
  return first * inFours(places.across[0][i], places.across[1][i]) +
         second * inFours(places.across[2][i], places.across[3][i]);
}

void warpRow(const WarpRow& row) {
  const Floats y = floatsOf(static_cast<float>(row.y));
  const Floats before = floatsOf(row.time);
  const Floats after = floatsOf(1.0f - row.time);
  const size_t width = static_cast<size_t>(row.width);
  for (size_t start = 0; start < width; start += kFloatLanes) {
    const Floats x = countUp() + floatsOf(static_cast<float>(start));
    const Floats forwardU = loadFloats(row.flows.forwardU + start);
    const Floats forwardV = loadFloats(row.flows.forwardV + start);
    const Floats backwardU = loadFloats(row.flows.backwardU + start);
    const Floats backwardV = loadFloats(row.flows.backwardV + start);
    Places previous[2], next[2];
    place(row, x - before * forwardU, y - before * forwardV, previous[0]);
    place(row, x + before * backwardU, y + before * backwardV, previous[1]);
    place(row, x + after * forwardU, y + after * forwardV, next[0]);
    place(row, x - after * backwardU, y - after * backwardV, next[1]);
    const size_t count = width - start < kFloatLanes ? width - start : kFloatLanes;
    for (size_t i = 0; i < count; i++) {
      float samples[2][2][4];
      for (size_t way = 0; way < 2; way++) {
        storeFolded(samples[0][way], cubicSample(row.previous, row.stride, previous[way], i));
        storeFolded(samples[1][way], cubicSample(row.next, row.stride, next[way], i));
      }
      float apart = 0.0f;
      for (size_t channel = 0; channel < 3; channel++) {
        const float fromPrevious = (samples[0][0][channel] + samples[0][1][channel]) * 0.5f;
        const float fromNext = (samples[1][0][channel] + samples[1][1][channel]) * 0.5f;
        row.warpedPrevious[channel][start + i] = fromPrevious;
        row.warpedNext[channel][start + i] = fromNext;
        apart += (fromPrevious - fromNext) * (fromPrevious - fromNext);
      }
      if (row.confidence != nullptr) {
        const float u = row.flows.forwardU[start + i] + row.flows.backwardU[start + i];
        const float v = row.flows.forwardV[start + i] + row.flows.backwardV[start + i];
        const float bad = (u * u + v * v) + apart * 100.0f;
        row.confidence[start + i] = 1.0f / (1.0f + bad);
      }
    }
  }
}

}  // namespace
}  // namespace clearcut
