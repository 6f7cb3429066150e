#pragma once

#include <cstddef>
#include <cstdint>

#include "../cpu/thread-pool.h"
#include "micro-kernel.h"

namespace clearcut {

/** Points of several polygons, one polygon's after the other's. */
struct DistanceWork {
  const float* polygons = nullptr;   // [count, vertices, 2]
  size_t count = 0;
  size_t vertices = 0;
  const int32_t* starts = nullptr;   // [count + 1], the first point of each polygon; the last is how many there are
  const float* points = nullptr;     // [starts[count], 2]
  float* distances = nullptr;        // [starts[count]]
};

/** A grid of logits and the pixels that are read off it. */
struct MatteWork {
  const float* logits = nullptr;  // [rows, columns]
  size_t columns = 0;
  size_t rows = 0;
  // Where the first pixel's centre lies, in samples of the grid, and the way to the next.
  float left = 0;
  float top = 0;
  float stepX = 0;
  float stepY = 0;
  uint8_t* target = nullptr;  // [height, width]
  size_t width = 0;
  size_t height = 0;
};

void measureSignedDistances(ThreadPool& pool, const OutlineKernel& kernel, const DistanceWork& work);

void renderMatte(ThreadPool& pool, const OutlineKernel& kernel, const MatteWork& work);

}  // namespace clearcut
