#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

/** A grid of logits to be drawn out to twice as many cells a side, of which the least certain are chosen. */
struct GridWork {
  const float* source = nullptr;  // [side, side]
  size_t side = 0;
  float* target = nullptr;  // [2 side, 2 side]
  // Cells of the target that may be chosen.
  size_t x0 = 0;
  size_t y0 = 0;
  size_t x1 = 0;
  size_t y1 = 0;
  int32_t* cells = nullptr;  // [most], their numbers row by row
  size_t most = 0;
};

/** A matte somewhere in a region. */
struct PlacedMatte {
  size_t x = 0;
  size_t y = 0;
  size_t width = 0;
  size_t height = 0;
  const uint8_t* data = nullptr;  // [height, width]
};

/** What was told of an object, held where nothing has changed. */
struct SteadyWork {
  PlacedMatte now;
  PlacedMatte told;
  PlacedMatte mean;
  const uint8_t* still = nullptr;    // [map rows, mapWidth], 255 where nothing has changed
  size_t mapWidth = 0;
  const int32_t* columns = nullptr;  // [width], of each column of the region the one of the map
  const int32_t* rows = nullptr;     // [height]
  size_t width = 0;
  size_t height = 0;
  int weight = 0;                 // of what was told, 0 to 256
  uint8_t* target = nullptr;      // [height, width], what is told now
  uint8_t* targetMean = nullptr;  // [height, width]
};

void steadyMatte(ThreadPool& pool, const SteadyWork& work);

void measureSignedDistances(ThreadPool& pool, const OutlineKernel& kernel, const DistanceWork& work);

/** Of each grid, how many cells were chosen goes to `counts`. */
void subdivideGrids(ThreadPool& pool, const OutlineKernel& kernel, const std::vector<GridWork>& grids, int32_t* counts);

void renderMatte(ThreadPool& pool, const OutlineKernel& kernel, const MatteWork& work);

}  // namespace clearcut
