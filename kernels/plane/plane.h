#pragma once

#include <cstddef>
#include <cstdint>

#include "../cpu/thread-pool.h"

namespace clearcut {

/** How an axis is resampled; plane/resize-table.ts makes it and says what it means. */
struct ResizeAxis {
  size_t count = 0;                  // output samples
  size_t taps = 0;                   // input samples that each is made of
  const int32_t* starts = nullptr;   // [count], the first of them; beyond the edge the edge's sample counts
  const int16_t* weights = nullptr;  // [count, taps], sum to 2^kWeightBits
};

constexpr int kWeightBits = 14;

/** One plane without gaps between its rows. `T` is uint8_t or uint16_t; `bits` is how many codes have. */
template <typename T>
void resizeBicubic(ThreadPool& pool, const T* source, size_t width, size_t height, T* target,
                   const ResizeAxis& horizontal, const ResizeAxis& vertical, int bits, int maxCode);

/** target = source · scale + offset, each rounded. */
template <typename T>
void planeToFloat(ThreadPool& pool, const T* source, float* target, size_t count, float scale, float offset);

/**
 * target = clamp(rint(source · scale + offset)); rint rounds half to even. Returns how many of source are not
 * finite; those that are no number become minCode.
 */
template <typename T>
size_t floatToPlane(ThreadPool& pool, const float* source, T* target, size_t count, float scale, float offset,
                    int minCode, int maxCode);

}  // namespace clearcut
