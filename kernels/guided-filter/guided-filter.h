#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../cpu/thread-pool.h"

namespace clearcut {

/** A matte of a region of a picture, and what its edges are drawn along. */
struct GuidedWork {
  const float* picture = nullptr;  // [3, pictureHeight, pictureWidth]
  size_t pictureWidth = 0;
  size_t pictureHeight = 0;
  const float* small = nullptr;  // [3, smallRows, smallStride], the same made small in its upper left
  size_t smallStride = 0;
  size_t smallRows = 0;
  size_t smallWidth = 0;
  size_t smallHeight = 0;
  size_t cell = 0;  // pixels of the small picture in a cell's side
  // The region's first pixel, in the picture.
  size_t x = 0;
  size_t y = 0;
  size_t width = 0;
  size_t height = 0;
  uint8_t* matte = nullptr;  // [height, width], read and written anew
};

/** Draws mattes' edges along those of the picture. A thread takes whole mattes. */
void guideMattes(ThreadPool& pool, const std::vector<GuidedWork>& works);

}  // namespace clearcut
