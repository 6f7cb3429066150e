#pragma once

#include <cstddef>
#include <cstdint>

#include "../cpu/thread-pool.h"
#include "colour-rows.h"

namespace clearcut {

/** A picture of one or three planes, and how its codes relate to colours. */
struct ColourLayout {
  size_t width = 0;
  size_t height = 0;
  size_t chromaWidth = 0;
  size_t chromaHeight = 0;
  bool grey = false;
  ColourFactors factors{};
  // Luma samples out of chroma samples, or the other way round.
  LinearAxis across;
  LinearAxis down;
};

/** `planes`: luma, and chroma where there is any; `target`: [3, height, width]. */
template <typename T>
void planesToRgb(ThreadPool& pool, const T* const planes[3], const ColourLayout& layout, float* target);

/** Returns how many of the colours are not finite. */
template <typename T>
size_t rgbToPlanes(ThreadPool& pool, const float* source, const ColourLayout& layout, T* const planes[3]);

}  // namespace clearcut
