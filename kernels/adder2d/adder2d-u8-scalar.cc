// Portable: one loop over the bytes of eight output channels, which compilers turn into vectors.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "../cpu/features.h"
#include "epilogue.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kLanes = 4;
constexpr size_t kPixels = 1;
constexpr size_t kMaxPairs = 1;
constexpr size_t kChannels = 2 * kLanes;
constexpr size_t kBytes = kChannels * kGroup;
constexpr size_t kGroupsBeforeOverflow = 65535 / 255;

inline float activate(uint32_t sum, const Adder2dRow& row, size_t channel, const uint8_t* residual) {
  const Epilogue& epilogue = *row.epilogue;
  float t = static_cast<float>(static_cast<int32_t>(sum)) * row.scale[channel];
  t = t + row.bias[channel];
  if (residual != nullptr) {
    const float added = static_cast<float>(*residual) * epilogue.residualScale;
    t = t + added;
  }
  if (epilogue.activation == Activation::relu)
    t = t > 0 ? t : 0;
  else if (epilogue.activation == Activation::prelu)
    t = t < 0 ? t * row.slope[channel] : t;
  return epilogue.power == 1 ? t : applyPower(t, epilogue);
}

/** Clamping before rounding gives the same codes, as the limits are whole numbers. */
inline uint8_t toCode(float t, const Epilogue& epilogue) {
  const float least = static_cast<float>(-epilogue.yZeroPoint);
  const float most = static_cast<float>(255 - epilogue.yZeroPoint);
  t = t > least ? t : least;
  t = t < most ? t : most;
  return static_cast<uint8_t>(static_cast<int>(nearbyintf(t)) + epilogue.yZeroPoint);
}

/** Sums of one pixel. */
void sumWindow(const Adder2dRow& row, size_t pixel, uint32_t (&result)[kChannels]) {
  const uint8_t* weights = row.weights;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const uint8_t* x = row.rows[tap] + pixel * row.pixelStep;
    for (size_t group = 0; group < row.groups;) {
      const size_t most = group + kGroupsBeforeOverflow;
      const size_t end = row.groups < most ? row.groups : most;
      uint16_t sums[kBytes] = {};
      for (; group < end; group++, x += kGroup, weights += kBytes) {
        uint8_t input[kBytes];
        for (size_t channel = 0; channel < kChannels; channel++) memcpy(input + channel * kGroup, x, kGroup);
        for (size_t i = 0; i < kBytes; i++) {
          const uint8_t larger = input[i] > weights[i] ? input[i] : weights[i];
          const uint8_t smaller = input[i] > weights[i] ? weights[i] : input[i];
          sums[i] = static_cast<uint16_t>(sums[i] + static_cast<uint8_t>(larger - smaller));
        }
      }
      for (size_t i = 0; i < kBytes; i++) result[i / kGroup] += sums[i];
    }
  }
}

void run(const Adder2dRow& row, size_t pairs) {
  assert(pairs == 1);
  (void)pairs;
  for (size_t pixel = 0; pixel < row.pixels; pixel++) {
    uint32_t sums[kChannels] = {};
    sumWindow(row, pixel, sums);
    for (size_t channel = 0; channel < row.channels; channel++) {
      const size_t at = pixel * row.yStep + channel;
      const float t = activate(sums[channel], row, channel, row.residual == nullptr ? nullptr : row.residual + at);
      if (row.epilogue->toFloat)
        static_cast<float*>(row.y)[at] = t;
      else
        static_cast<uint8_t*>(row.y)[at] = toCode(t, *row.epilogue);
    }
  }
}

}  // namespace

const Adder2dKernel kAdder2dU8Scalar = {
    "scalar", "portable C++", hasAnything, kLanes, kMaxPairs, kPixels, false, run,
};

}  // namespace clearcut
