#pragma once

// Kroeger et al., eq. 3: a sample's flow is the mean of the patches over it, weighted by how well each explains it.

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

void densifyRow(const DensifyRow& row) {
  const PatchSearch& patches = *row.patches;
  const PictureLevel& to = patches.to;
  const size_t width = static_cast<size_t>(patches.from.width);
  const size_t filled = width + kMostLanes + kPatch;
  float* const weights = row.sums;
  float* const sumsU = weights + filled;
  float* const sumsV = sumsU + filled;
  for (size_t i = 0; i < 3 * filled; i++) weights[i] = 0.0f;
  const float* const luma = patches.from.luma + row.y * static_cast<ptrdiff_t>(patches.from.stride);
  const Eight one = eightOf(1.0f);
  for (size_t patchRow = 0; patchRow < patches.rows; patchRow++) {
    const int top = patchStart(patchRow, patches.from.height);
    if (top + kPatch <= row.y) continue;
    if (top > row.y) break;
    for (size_t column = 0; column < patches.columns; column++) {
      const int x = patchStart(column, patches.from.width);
      const float u = patches.u[patchRow * patches.columns + column];
      const float v = patches.v[patchRow * patches.columns + column];
      const float across = static_cast<float>(x) + u;
      const float down = static_cast<float>(row.y) + v;
      const float left = floorf(across);
      const float above = floorf(down);
      const float* const from = to.luma + static_cast<ptrdiff_t>(above) * static_cast<ptrdiff_t>(to.stride) + static_cast<ptrdiff_t>(left);
      const Eight acrossPart = eightOf(across - left);
      Eight first = loadEight(from);
      const Eight upper = first + acrossPart * (loadEight(from + 1) - first);
      first = loadEight(from + to.stride);
      const Eight lower = first + acrossPart * (loadEight(from + to.stride + 1) - first);
      const Eight found = upper + eightOf(down - above) * (lower - upper);
      const Eight weight = one / larger(absolute(found - loadEight(luma + x)), one);
      store(weights + x, loadEight(weights + x) + weight);
      store(sumsU + x, loadEight(sumsU + x) + weight * eightOf(u));
      store(sumsV + x, loadEight(sumsV + x) + weight * eightOf(v));
    }
  }
  for (size_t x = 0; x < width; x++) {
    row.u[x] = sumsU[x] / weights[x];
    row.v[x] = sumsV[x] / weights[x];
  }
}

}  // namespace
}  // namespace clearcut
