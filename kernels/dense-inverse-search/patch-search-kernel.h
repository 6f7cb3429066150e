#pragma once

// Inverse search (Kroeger et al., ECCV 2016, section 2.1): a patch's own gradients give the step, so that its
// normal matrix is made once.

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr float kPatchArea = static_cast<float>(kPatch * kPatch);
/** Descent steps of the pass from the top left and of the one back. */
constexpr int kDescentSteps = 12;
constexpr float kDescentGain = 1.0f;
constexpr float kRidge = 1.0f;
/** Squared length of a step, in samples, after which no further one is worth its time. */
constexpr float kFinished = 0.0025f;
/** Samples within which a neighbour's motion is not worth a try. */
constexpr float kSameMotion = 0.1f;

struct Patch {
  Eight luma[kPatch];
  Eight gradientX[kPatch];
  Eight gradientY[kPatch];
  float x, y;
  float meanX, meanY;
  float inverseXX, inverseXY, inverseYY;
};

struct Match {
  float u, v;
  /** Sum of squared differences from which their mean is taken away. */
  float error;
  float stepX, stepY;
};

inline Patch patchOf(const PatchSearch& search, size_t patchRow, size_t patchColumn) {
  const PictureLevel& from = search.from;
  const int x = patchStart(patchColumn, from.width);
  const int y = patchStart(patchRow, from.height);
  Patch patch;
  Eight sumX = eightOf(0), sumY = eightOf(0), sumXX = eightOf(0), sumXY = eightOf(0), sumYY = eightOf(0);
  for (int row = 0; row < kPatch; row++) {
    const ptrdiff_t at = (y + row) * static_cast<ptrdiff_t>(from.stride) + x;
    patch.luma[row] = loadEight(from.luma + at);
    const Eight gradientX = patch.gradientX[row] = loadEight(from.gradientX + at);
    const Eight gradientY = patch.gradientY[row] = loadEight(from.gradientY + at);
    sumX = sumX + gradientX;
    sumY = sumY + gradientY;
    sumXX = sumXX + gradientX * gradientX;
    sumXY = sumXY + gradientX * gradientY;
    sumYY = sumYY + gradientY * gradientY;
  }
  float firsts[4], seconds[4];
  addAcross(sumX, sumY, sumXX, sumXY, firsts);
  addAcross(sumYY, sumYY, sumYY, sumYY, seconds);
  patch.x = static_cast<float>(x);
  patch.y = static_cast<float>(y);
  patch.meanX = firsts[0] / kPatchArea;
  patch.meanY = firsts[1] / kPatchArea;
  // On flat ground the ridge keeps the patch where it is.
  const float xx = (firsts[2] - firsts[0] * patch.meanX) + kRidge;
  const float xy = firsts[3] - firsts[0] * patch.meanY;
  const float yy = (seconds[0] - firsts[1] * patch.meanY) + kRidge;
  const float determinant = xx * yy - xy * xy;
  const float gain = determinant > 0.0f ? kDescentGain / determinant : 0.0f;
  patch.inverseXX = yy * gain;
  patch.inverseXY = xy * gain;
  patch.inverseYY = xx * gain;
  return patch;
}

inline float limited(float value, float least, float most) {
  value = value > least ? value : least;
  return value < most ? value : most;
}

/** How well the patch fits where (u, v) takes it, and the step from there. */
inline Match matchAt(const Patch& patch, const PictureLevel& to, float u, float v) {
  Match match;
  // Farther out there is nothing but the repeated border.
  match.u = limited(u, -static_cast<float>(kPatch) - patch.x, static_cast<float>(to.width) - patch.x);
  match.v = limited(v, -static_cast<float>(kPatch) - patch.y, static_cast<float>(to.height) - patch.y);
  const float x = patch.x + match.u;
  const float y = patch.y + match.v;
  const float left = floorf(x);
  const float top = floorf(y);
  const Eight acrossPart = eightOf(x - left);
  const Eight downPart = eightOf(y - top);
  const float* from = to.luma + static_cast<ptrdiff_t>(top) * static_cast<ptrdiff_t>(to.stride) + static_cast<ptrdiff_t>(left);
  Eight first = loadEight(from);
  Eight above = first + acrossPart * (loadEight(from + 1) - first);
  Eight sum = eightOf(0), sumSquares = eightOf(0), sumX = eightOf(0), sumY = eightOf(0);
  for (int row = 0; row < kPatch; row++) {
    from += to.stride;
    first = loadEight(from);
    const Eight below = first + acrossPart * (loadEight(from + 1) - first);
    const Eight difference = (above + downPart * (below - above)) - patch.luma[row];
    above = below;
    sum = sum + difference;
    sumSquares = sumSquares + difference * difference;
    sumX = sumX + difference * patch.gradientX[row];
    sumY = sumY + difference * patch.gradientY[row];
  }
  float sums[4];
  addAcross(sum, sumSquares, sumX, sumY, sums);
  match.error = sums[1] - sums[0] * (sums[0] / kPatchArea);
  const float slopeX = sums[2] - sums[0] * patch.meanX;
  const float slopeY = sums[3] - sums[0] * patch.meanY;
  match.stepX = patch.inverseXY * slopeY - patch.inverseXX * slopeX;
  match.stepY = patch.inverseXY * slopeX - patch.inverseYY * slopeY;
  return match;
}

inline Match descend(const Patch& patch, const PictureLevel& to, const Match& start) {
  Match best = start;
  for (int step = 0; step < kDescentSteps; step++) {
    if (best.stepX * best.stepX + best.stepY * best.stepY < kFinished) break;
    const Match next = matchAt(patch, to, best.u + best.stepX, best.v + best.stepY);
    if (!(next.error < best.error)) break;
    best = next;
  }
  const float awayX = best.u - start.u;
  const float awayY = best.v - start.v;
  // A patch that left its own neighbourhood has lost its way.
  return awayX * awayX + awayY * awayY <= kPatchArea ? best : start;
}

/** The coarser flow at a place of this level, in samples of this level. */
inline void sampleCoarse(const FlowField& coarse, float x, float y, float& u, float& v) {
  if (coarse.width == 0) {
    u = v = 0.0f;
    return;
  }
  x = limited((x - 0.5f) * 0.5f, 0.0f, static_cast<float>(coarse.width - 1));
  y = limited((y - 0.5f) * 0.5f, 0.0f, static_cast<float>(coarse.height - 1));
  const float left = floorf(x);
  const float top = floorf(y);
  const float across = x - left;
  const float down = y - top;
  const float* const vectors = coarse.vectors + static_cast<size_t>(top) * coarse.stride + 2 * static_cast<size_t>(left);
  const auto mix = [&](const float* from) {
    const float above = from[0] + across * (from[2] - from[0]);
    const float below = from[coarse.stride] + across * (from[coarse.stride + 2] - from[coarse.stride]);
    return 2.0f * (above + down * (below - above));
  };
  u = mix(vectors);
  v = mix(vectors + 1);
}

/** Patches of rows `from` to `to`: from the top left on, then back, each beginning where a neighbour fits better. */
void searchPatches(const PatchSearch& search, size_t from, size_t to) {
  const size_t columns = search.columns;
  const auto moves = [&](size_t neighbour, const Match& best) {
    return fabsf(search.u[neighbour] - best.u) + fabsf(search.v[neighbour] - best.v) >= kSameMotion;
  };
  const auto tryNeighbour = [&](const Patch& patch, size_t neighbour, Match& best) {
    if (!moves(neighbour, best)) return false;
    const Match other = matchAt(patch, search.to, search.u[neighbour], search.v[neighbour]);
    if (!(other.error < best.error)) return false;
    best = other;
    return true;
  };
  const auto keep = [&](size_t at, const Match& match) {
    search.u[at] = match.u;
    search.v[at] = match.v;
    search.errors[at] = match.error;
  };
  for (size_t row = from; row < to; row++)
    for (size_t column = 0; column < columns; column++) {
      const size_t at = row * columns + column;
      const Patch patch = patchOf(search, row, column);
      float u, v;
      sampleCoarse(search.coarse, patch.x + 3.5f, patch.y + 3.5f, u, v);
      Match best = matchAt(patch, search.to, u, v);
      if (column > 0) tryNeighbour(patch, at - 1, best);
      if (row > from) tryNeighbour(patch, at - columns, best);
      keep(at, descend(patch, search.to, best));
    }
  for (size_t row = to; row-- > from;)
    for (size_t column = columns; column-- > 0;) {
      const size_t at = row * columns + column;
      const bool hasBeside = column + 1 < columns;
      const bool hasBelow = row + 1 < to;
      Match best = {search.u[at], search.v[at], search.errors[at], 0.0f, 0.0f};
      if (!(hasBeside && moves(at + 1, best)) && !(hasBelow && moves(at + columns, best))) continue;
      const Patch patch = patchOf(search, row, column);
      bool better = hasBeside && tryNeighbour(patch, at + 1, best);
      better = (hasBelow && tryNeighbour(patch, at + columns, best)) || better;
      // Where none fits better, there is nothing left to descend.
      if (better) keep(at, descend(patch, search.to, best));
    }
}

}  // namespace
}  // namespace clearcut
