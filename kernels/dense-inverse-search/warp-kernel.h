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

/** The first `count` of a vector. */
inline void storeSome(float* to, Floats values, size_t count) {
  if (count == kFloatLanes) {
    store(to, values);
    return;
  }
  float all[kFloatLanes];
  store(all, values);
  memcpy(to, all, count * sizeof(float));
}

/** A vector of samples of three channels. */
struct Colours {
  Floats channel[3];
};

/** The mean of a picture's samples at two lists of places. */
inline Colours meanOfTwo(const float* picture, size_t stride, const Places (&places)[2], size_t count) {
  float sums[kWarpChannels * kFloatLanes] = {};
  for (size_t i = 0; i < count; i++)
    storeFolded(sums + kWarpChannels * i,
                cubicSample(picture, stride, places[0], i) + cubicSample(picture, stride, places[1], i));
  Floats redBlue[2], greenNone[2], none;
  for (size_t half = 0; half < 2; half++) {
    const float* const from = sums + 2 * half * kFloatLanes;
    takeTurns(loadFloats(from), loadFloats(from + kFloatLanes), redBlue[half], greenNone[half]);
  }
  Colours mean;
  takeTurns(redBlue[0], redBlue[1], mean.channel[0], mean.channel[2]);
  takeTurns(greenNone[0], greenNone[1], mean.channel[1], none);
  for (Floats& channel : mean.channel) channel = channel * floatsOf(0.5f);
  return mean;
}

void warpRow(const WarpRow& row) {
  const Floats y = floatsOf(static_cast<float>(row.y));
  const Floats before = floatsOf(row.time);
  const Floats after = floatsOf(1.0f - row.time);
  const Floats one = floatsOf(1.0f);
  const size_t width = static_cast<size_t>(row.width);
  for (size_t start = 0; start < width; start += kFloatLanes) {
    const Floats x = countUp() + floatsOf(static_cast<float>(start));
    const Floats forwardU = loadFloats(row.flows.forwardU + start);
    const Floats forwardV = loadFloats(row.flows.forwardV + start);
    const Floats backwardU = loadFloats(row.flows.backwardU + start);
    const Floats backwardV = loadFloats(row.flows.backwardV + start);
    Places places[2];
    const size_t count = width - start < kFloatLanes ? width - start : kFloatLanes;
    place(row, x - before * forwardU, y - before * forwardV, places[0]);
    place(row, x + before * backwardU, y + before * backwardV, places[1]);
    const Colours previous = meanOfTwo(row.previous, row.stride, places, count);
    place(row, x + after * forwardU, y + after * forwardV, places[0]);
    place(row, x - after * backwardU, y - after * backwardV, places[1]);
    const Colours next = meanOfTwo(row.next, row.stride, places, count);
    Floats apart = floatsOf(0.0f);
    for (size_t channel = 0; channel < 3; channel++) {
      storeSome(row.warpedPrevious[channel] + start, previous.channel[channel], count);
      storeSome(row.warpedNext[channel] + start, next.channel[channel], count);
      const Floats difference = previous.channel[channel] - next.channel[channel];
      apart = apart + difference * difference;
    }
    if (row.confidence == nullptr) continue;
    const Floats u = forwardU + backwardU;
    const Floats v = forwardV + backwardV;
    const Floats doubt = (u * u + v * v) + apart * floatsOf(100.0f);
    storeSome(row.confidence + start, one / (one + doubt), count);
  }
}

}  // namespace
}  // namespace clearcut
