#pragma once

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

/** BT.601, 0 … 255; what is no number counts as black. */
inline Floats lumaOf(Floats red, Floats green, Floats blue) {
  return within((floatsOf(76.245f) * red + floatsOf(149.685f) * green) + floatsOf(29.07f) * blue, 0.0f, 255.0f);
}

/** One vector of each plane. */
inline void interleaveVector(const float* red, const float* green, const float* blue, float* samples, float* luma) {
  const Floats channels[3] = {loadFloats(red), loadFloats(green), loadFloats(blue)};
  store(luma, lumaOf(channels[0], channels[1], channels[2]));
  Floats redBlue[2], greenNone[2], both[2];
  interleave(channels[0], channels[2], redBlue[0], redBlue[1]);
  interleave(channels[1], floatsOf(0.0f), greenNone[0], greenNone[1]);
  for (size_t half = 0; half < 2; half++) {
    interleave(redBlue[half], greenNone[half], both[0], both[1]);
    store(samples + 2 * half * kFloatLanes, both[0]);
    store(samples + (2 * half + 1) * kFloatLanes, both[1]);
  }
}

void interleaveRow(const float* const* planes, size_t count, float* samples, float* luma) {
  size_t x = 0;
  for (; x + kFloatLanes <= count; x += kFloatLanes)
    interleaveVector(planes[0] + x, planes[1] + x, planes[2] + x, samples + kWarpChannels * x, luma + x);
  if (x == count) return;
  // Neither the planes nor the samples may be touched beyond the row's end.
  float rest[3][kFloatLanes] = {};
  float restSamples[kWarpChannels * kFloatLanes];
  for (size_t channel = 0; channel < 3; channel++)
    memcpy(rest[channel], planes[channel] + x, (count - x) * sizeof(float));
  interleaveVector(rest[0], rest[1], rest[2], restSamples, luma + x);
  memcpy(samples + kWarpChannels * x, restSamples, (count - x) * kWarpChannels * sizeof(float));
}

void halveRow(const float* top, const float* bottom, float* target, size_t count) {
  for (size_t x = 0; x < count; x += kFloatLanes) {
    Floats evenTop, oddTop, evenBottom, oddBottom;
    takeTurns(loadFloats(top + 2 * x), loadFloats(top + 2 * x + kFloatLanes), evenTop, oddTop);
    takeTurns(loadFloats(bottom + 2 * x), loadFloats(bottom + 2 * x + kFloatLanes), evenBottom, oddBottom);
    store(target + x, ((evenTop + oddTop) + (evenBottom + oddBottom)) * floatsOf(0.25f));
  }
}

void gradientRow(const float* above, const float* row, const float* below, size_t count, float* x, float* y) {
  const Floats half = floatsOf(0.5f);
  for (size_t i = 0; i < count; i += kFloatLanes) {
    store(x + i, (loadFloats(row + i + 1) - loadFloats(row + i - 1)) * half);
    store(y + i, (loadFloats(below + i) - loadFloats(above + i)) * half);
  }
}

}  // namespace
}  // namespace clearcut
