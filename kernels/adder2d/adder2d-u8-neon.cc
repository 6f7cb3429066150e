// A register holds two output channels of eight inputs each. Differences are added in pairs into 16-bit
// lanes, which are emptied into 32-bit ones before they could overflow.

#include <arm_neon.h>

#include <assert.h>
#include <string.h>

#include "../cpu/features.h"
#include "epilogue.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr size_t kLanes = 2;
constexpr size_t kPixels = 4;
constexpr size_t kMaxPairs = 2;
constexpr size_t kPairChannels = 2 * kLanes;
constexpr size_t kVectorBytes = kLanes * kGroup;
/** A group adds at most 2 · 255 to a 16-bit lane. */
constexpr size_t kGroupsBeforeOverflow = 65535 / (2 * 255);

/** Scale to activation, for the 4 channels of a pair. */
inline float32x4_t activate(uint32x4_t sums, const Adder2dRow& row, size_t channel, const uint8_t* residual,
                            size_t valid) {
  const Epilogue& epilogue = *row.epilogue;
  float32x4_t t = vmulq_f32(vcvtq_f32_u32(sums), vld1q_f32(row.scale + channel));
  t = vaddq_f32(t, vld1q_f32(row.bias + channel));
  if (residual != nullptr) {
    uint64_t bytes = 0;
    memcpy(&bytes, residual, valid);
    const uint32x4_t codes = vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(bytes))));
    t = vaddq_f32(t, vmulq_f32(vcvtq_f32_u32(codes), vdupq_n_f32(epilogue.residualScale)));
  }
  if (epilogue.activation == Activation::relu) {
    t = vbslq_f32(vcgtq_f32(t, vdupq_n_f32(0)), t, vdupq_n_f32(0));
  } else if (epilogue.activation == Activation::prelu) {
    const uint32x4_t below = vcltq_f32(t, vdupq_n_f32(0));
    t = vbslq_f32(below, vmulq_f32(t, vld1q_f32(row.slope + channel)), t);
  }
  if (epilogue.power != 1) {
    float values[kPairChannels];
    vst1q_f32(values, t);
    for (float& value : values) value = applyPower(value, epilogue);
    t = vld1q_f32(values);
  }
  return t;
}

/** Clamping before rounding gives the same codes, as the limits are whole numbers. */
inline uint32_t toCodes(float32x4_t t, const Epilogue& epilogue) {
  const float32x4_t least = vdupq_n_f32(static_cast<float>(-epilogue.yZeroPoint));
  const float32x4_t most = vdupq_n_f32(static_cast<float>(255 - epilogue.yZeroPoint));
  t = vbslq_f32(vcgtq_f32(t, least), t, least);
  t = vbslq_f32(vcltq_f32(t, most), t, most);
  const int32x4_t codes = vaddq_s32(vcvtnq_s32_f32(t), vdupq_n_s32(epilogue.yZeroPoint));
  const uint16x4_t words = vqmovun_s32(codes);
  return vget_lane_u32(vreinterpret_u32_u8(vqmovn_u16(vcombine_u16(words, words))), 0);
}

/** kPixels pixels from `pixel` on, of which the first `count` are stored. */
template <size_t Pairs>
inline void tile(const Adder2dRow& row, size_t pixel, size_t count) {
  constexpr size_t kVectors = 2 * Pairs;
  // Two 32-bit parts of each of the two channels of a vector.
  uint32x4_t parts[kPixels][kVectors];
  for (size_t p = 0; p < kPixels; p++)
    for (size_t v = 0; v < kVectors; v++) parts[p][v] = vdupq_n_u32(0);

  const uint8_t* weights = row.weights;
  const size_t step = row.pixelStep;
  for (size_t tap = 0; tap < row.kernelHeight; tap++) {
    const uint8_t* x = row.rows[tap] + pixel * step;
    for (size_t group = 0; group < row.groups;) {
      const size_t most = group + kGroupsBeforeOverflow;
      const size_t end = row.groups < most ? row.groups : most;
      uint16x8_t sums[kPixels][kVectors];
      for (size_t p = 0; p < kPixels; p++)
        for (size_t v = 0; v < kVectors; v++) sums[p][v] = vdupq_n_u16(0);
      for (; group < end; group++, x += kGroup, weights += kVectors * kVectorBytes) {
        uint8x16_t input[kPixels];
        for (size_t p = 0; p < kPixels; p++) {
          const uint8x8_t eight = vld1_u8(x + p * step);
          input[p] = vcombine_u8(eight, eight);
        }
        for (size_t v = 0; v < kVectors; v++) {
          const uint8x16_t w = vld1q_u8(weights + v * kVectorBytes);
          for (size_t p = 0; p < kPixels; p++) sums[p][v] = vpadalq_u8(sums[p][v], vabdq_u8(input[p], w));
        }
      }
      for (size_t p = 0; p < kPixels; p++)
        for (size_t v = 0; v < kVectors; v++) parts[p][v] = vpadalq_u16(parts[p][v], sums[p][v]);
    }
  }

  for (size_t p = 0; p < count; p++)
    for (size_t pair = 0; pair < Pairs; pair++) {
      const size_t channel = pair * kPairChannels;
      const size_t valid = row.channels - channel < kPairChannels ? row.channels - channel : kPairChannels;
      const size_t at = (pixel + p) * row.yStep + channel;
      const uint8_t* residual = row.residual == nullptr ? nullptr : row.residual + at;
      const uint32x4_t sums = vpaddq_u32(parts[p][2 * pair], parts[p][2 * pair + 1]);
      const float32x4_t t = activate(sums, row, channel, residual, valid);
      if (row.epilogue->toFloat) {
        float values[kPairChannels];
        vst1q_f32(values, t);
        memcpy(static_cast<float*>(row.y) + at, values, valid * sizeof(float));
      } else {
        const uint32_t codes = toCodes(t, *row.epilogue);
        memcpy(static_cast<uint8_t*>(row.y) + at, &codes, valid);
      }
    }
}

template <size_t Pairs>
void runRow(const Adder2dRow& row) {
  for (size_t pixel = 0; pixel < row.pixels; pixel += kPixels) {
    const size_t left = row.pixels - pixel;
    tile<Pairs>(row, pixel, left < kPixels ? left : kPixels);
  }
}

void run(const Adder2dRow& row, size_t pairs) {
  assert(pairs >= 1 && pairs <= kMaxPairs);
  assert(row.channels > (pairs - 1) * kPairChannels);
  if (pairs == 2)
    runRow<2>(row);
  else
    runRow<1>(row);
}

}  // namespace

const Adder2dKernel kAdder2dU8Neon = {
    "neon", "NEON", hasNeon, kLanes, kMaxPairs, kPixels, false, run,
};

}  // namespace clearcut
