#pragma once

#include <cstddef>

#include "../cpu/thread-pool.h"
#include "colour.h"

namespace clearcut {

/** Both axes as plane/bilinear-table.ts makes them: no tap lies beyond an edge. */
struct BilinearWork {
  const float* source = nullptr;  // [planes, height, width]
  size_t planes = 0;
  size_t width = 0;
  size_t height = 0;
  LinearAxis horizontal;
  LinearAxis vertical;
  float* target = nullptr;  // [planes, rows, stride]
  size_t stride = 0;
  size_t rows = 0;
};

/** Columns first, then rows. */
void resizeBilinear(ThreadPool& pool, const BilinearWork& work);

}  // namespace clearcut
