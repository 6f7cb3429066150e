#pragma once

// Kroeger et al., eq. 3: a sample's flow is the mean of the patches over it, weighted by how well each explains it.

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

/** A row's sums. */
struct FlowSums {
  float* weights;
  float* u;
  float* v;
};

/** Adds the row of one patch, which begins at `x`, to the sums. */
inline void addPatchRow(const DensifyRow& row, size_t patch, int x, const FlowSums& sums) {
  const PictureLevel& own = row.patches->from;
  const PictureLevel& to = row.patches->to;
  const auto stride = static_cast<ptrdiff_t>(to.stride);
  const float u = row.patches->u[patch];
  const float v = row.patches->v[patch];
  const float across = static_cast<float>(x) + u;
  const float down = static_cast<float>(row.y) + v;
  const float left = floorf(across);
  const float above = floorf(down);
  const float* const from = to.luma + static_cast<ptrdiff_t>(above) * stride + static_cast<ptrdiff_t>(left);
  const Eight acrossPart = eightOf(across - left);
  const Eight one = eightOf(1.0f);
  Eight first = loadEight(from);
  const Eight upper = first + acrossPart * (loadEight(from + 1) - first);
  first = loadEight(from + stride);
  const Eight lower = first + acrossPart * (loadEight(from + stride + 1) - first);
  const Eight found = upper + eightOf(down - above) * (lower - upper);
  const Eight wanted = loadEight(own.luma + row.y * static_cast<ptrdiff_t>(own.stride) + x);
  const Eight weight = one / larger(absolute(found - wanted), one);
  store(sums.weights + x, loadEight(sums.weights + x) + weight);
  store(sums.u + x, loadEight(sums.u + x) + weight * eightOf(u));
  store(sums.v + x, loadEight(sums.v + x) + weight * eightOf(v));
}

void densifyRow(const DensifyRow& row) {
  const PatchSearch& patches = *row.patches;
  const size_t width = static_cast<size_t>(patches.from.width);
  const size_t filled = width + kMostLanes + kPatch;
  const FlowSums sums = {row.sums, row.sums + filled, row.sums + 2 * filled};
  for (size_t i = 0; i < 3 * filled; i++) row.sums[i] = 0.0f;
  for (size_t patchRow = 0; patchRow < patches.rows; patchRow++) {
    const int top = patchStart(patchRow, patches.from.height);
    if (top + kPatch <= row.y) continue;
    if (top > row.y) break;
    for (size_t first = 0; first < static_cast<size_t>(kPatchesApart); first++)
      for (size_t column = first; column < patches.columns; column += kPatchesApart)
        addPatchRow(row, patchRow * patches.columns + column, patchStart(column, patches.from.width), sums);
  }
  for (size_t x = 0; x < width; x++) {
    row.u[x] = sums.u[x] / sums.weights[x];
    row.v[x] = sums.v[x] / sums.weights[x];
  }
}

}  // namespace
}  // namespace clearcut
