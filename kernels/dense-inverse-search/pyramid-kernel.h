#pragma once

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

void interleaveRow(const float* const* planes, size_t count, float* samples, float* luma) {
  for (size_t x = 0; x < count; x++) {
    const float red = planes[0][x];
    const float green = planes[1][x];
    const float blue = planes[2][x];
    float* const sample = samples + kWarpChannels * x;
    sample[0] = red;
    sample[1] = green;
    sample[2] = blue;
    sample[3] = 0.0f;
    // BT.601; what is no number counts as black.
    float y = (76.245f * red + 149.685f * green) + 29.07f * blue;
    y = y > 0.0f ? y : 0.0f;
    luma[x] = y < 255.0f ? y : 255.0f;
  }
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
