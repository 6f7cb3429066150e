#pragma once

// Variational refinement (Brox et al., ECCV 2004; normalised data terms as in Zimmer et al., IJCV 2011): the flow that
// keeps brightness and gradients along it and is smooth, both with the robust penalty sqrt(x² + ε²). The other
// frame is warped once; weights are held while the linear equations are over-relaxed on a chessboard.

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr float kSmoothness = 20.0f;
constexpr float kBrightness = 5.0f;
constexpr float kGradients = 10.0f;
/** ε² of the penalty and ζ² of the normalisation, in units of 8-bit codes. */
constexpr float kPenaltyFloor = 0.001f * 0.001f;
constexpr float kGradientFloor = 0.1f * 0.1f;
/** A single sample has no links: something must be left to divide by. */
constexpr float kLeastDiagonal = 1e-6f;
constexpr float kOverRelaxation = 1.6f;

constexpr int kRelaxations = 3;
static_assert(kRefinementLag == 1 + 2 * kRelaxations, "each half sweep is a row behind the one before");

/** Where a row's links and equations begin: only those of the rows under way are kept. */
inline size_t ringRow(const Refinement& refinement, int y) {
  return static_cast<size_t>(y % kRefinementRing) * refinement.stride;
}

inline size_t halfLength(const Refinement& refinement, int parity) {
  return static_cast<size_t>((refinement.width + 1 - parity) / 2);
}

/** Repeats a split row's border two samples far. */
inline void repeatBorder(const Refinement& refinement, float* row) {
  float* const even = row;
  float* const odd = row + refinement.half;
  const size_t evens = halfLength(refinement, 0);
  const size_t odds = halfLength(refinement, 1);
  even[-1] = odd[-1] = even[0];
  const float last = refinement.width % 2 == 0 ? odd[odds - 1] : even[evens - 1];
  even[evens] = odd[odds] = odd[odds + 1] = even[evens + 1] = last;
}

inline void clearEnd(float* row, size_t length) {
  for (size_t i = 0; i < kMostLanes; i++) row[length + i] = 0.0f;
}

inline Floats sampleLuma(const PictureLevel& picture, Floats x, Floats y) {
  x = within(x, 0.0f, static_cast<float>(picture.width - 1));
  y = within(y, 0.0f, static_cast<float>(picture.height - 1));
  const Floats left = floorOf(x);
  const Floats top = floorOf(y);
  const Floats across = x - left;
  const Floats down = y - top;
  const Wholes at = toWholes(top) * wholesOf(static_cast<int32_t>(picture.stride)) + toWholes(left);
  Floats topLeft, topRight, bottomLeft, bottomRight;
  gatherPairs(picture.luma, at, topLeft, topRight);
  gatherPairs(picture.luma + picture.stride, at, bottomLeft, bottomRight);
  const Floats upper = topLeft + across * (topRight - topLeft);
  const Floats lower = bottomLeft + across * (bottomRight - bottomLeft);
  return upper + down * (lower - upper);
}

void prepareRow(const Refinement& refinement, const PatchSearch& frames, const float* flowU, const float* flowV, int y) {
  const size_t start = static_cast<size_t>(y) * refinement.stride;
  const float* const luma = frames.from.luma + static_cast<size_t>(y) * frames.from.stride;
  const Floats half = floatsOf(0.5f);
  const Floats row = floatsOf(static_cast<float>(y));
  const size_t evens = halfLength(refinement, 0);
  for (size_t i = 0; i < evens; i += kFloatLanes) {
    Floats u[2], v[2], own[2];
    takeTurns(loadFloats(flowU + 2 * i), loadFloats(flowU + 2 * i + kFloatLanes), u[0], u[1]);
    takeTurns(loadFloats(flowV + 2 * i), loadFloats(flowV + 2 * i + kFloatLanes), v[0], v[1]);
    takeTurns(loadFloats(luma + 2 * i), loadFloats(luma + 2 * i + kFloatLanes), own[0], own[1]);
    for (size_t parity = 0; parity < 2; parity++) {
      const size_t at = start + parity * refinement.half + i;
      const Floats x = (countUp() + countUp()) + floatsOf(static_cast<float>(2 * i + parity));
      const Floats other = sampleLuma(frames.to, x + u[parity], row + v[parity]);
      store(refinement.mean + at, (own[parity] + other) * half);
      store(refinement.difference + at, other - own[parity]);
      store(refinement.startU + at, u[parity]);
      store(refinement.startV + at, v[parity]);
      store(refinement.u + at, u[parity]);
      store(refinement.v + at, v[parity]);
    }
  }
  for (int parity = 0; parity < 2; parity++) {
    const size_t at = start + static_cast<size_t>(parity) * refinement.half;
    const size_t length = halfLength(refinement, parity);
    float* const planes[] = {refinement.startU, refinement.startV, refinement.u, refinement.v};
    for (float* const plane : planes) clearEnd(plane + at, length);
  }
  repeatBorder(refinement, refinement.mean + start);
  repeatBorder(refinement, refinement.difference + start);
}

/** The weights of a row's links to the right and down, from the flow as it is. */
inline void linkRow(const Refinement& refinement, int y) {
  const size_t row = static_cast<size_t>(y) * refinement.stride;
  const size_t ring = ringRow(refinement, y);
  // Below the last row its own samples: their difference is 0.
  const bool lowest = y + 1 == refinement.height;
  const size_t below = lowest ? 0 : refinement.stride;
  const Floats weight = floatsOf(0.5f * kSmoothness);
  const Floats floor = floatsOf(kPenaltyFloor);
  float* const u = refinement.u + row;
  float* const v = refinement.v + row;
  float* const right = refinement.right + ring;
  float* const down = refinement.down + ring;
  // The first column has no left neighbour.
  right[refinement.half - 1] = 0.0f;
  for (int parity = 0; parity < 2; parity++) {
    const size_t length = halfLength(refinement, parity);
    const size_t same = static_cast<size_t>(parity) * refinement.half;
    const size_t beside = static_cast<size_t>(1 - parity) * refinement.half + static_cast<size_t>(parity);
    const bool last = (refinement.width - 1) % 2 == parity;
    // The last column has no right neighbour; its own value makes the difference 0.
    if (last) {
      u[beside + length - 1] = u[same + length - 1];
      v[beside + length - 1] = v[same + length - 1];
    }
    for (size_t i = 0; i < length; i += kFloatLanes) {
      const Floats ownU = loadFloats(u + same + i);
      const Floats ownV = loadFloats(v + same + i);
      const Floats rightU = loadFloats(u + beside + i) - ownU;
      const Floats rightV = loadFloats(v + beside + i) - ownV;
      const Floats downU = loadFloats(u + below + same + i) - ownU;
      const Floats downV = loadFloats(v + below + same + i) - ownV;
      const Floats squares = (rightU * rightU + downU * downU) + (rightV * rightV + downV * downV);
      const Floats link = weight / root(squares + floor);
      store(right + same + i, link);
      store(down + same + i, lowest ? floatsOf(0.0f) : link);
    }
    clearEnd(right + same, last ? length - 1 : length);
    clearEnd(down + same, length);
  }
}

/** A row's linear equations: a11 u + a12 v = b1 and a12 u + a22 v = b2, links of the flow's neighbours aside. */
inline void equationRow(const Refinement& refinement, int y) {
  const auto rowOf = [&](int row) {
    row = row < 0 ? 0 : row;
    row = row < refinement.height ? row : refinement.height - 1;
    return static_cast<size_t>(row) * refinement.stride;
  };
  const size_t row = rowOf(y);
  const size_t ring = ringRow(refinement, y);
  const float* const mean = refinement.mean;
  const float* const difference = refinement.difference;
  const Floats none = floatsOf(0.0f);
  const Floats half = floatsOf(0.5f);
  const Floats quarter = floatsOf(0.25f);
  const Floats one = floatsOf(1.0f);
  const Floats leastDiagonal = floatsOf(kLeastDiagonal);
  const Floats penaltyFloor = floatsOf(kPenaltyFloor);
  const Floats gradientFloor = floatsOf(kGradientFloor);
  for (int parity = 0; parity < 2; parity++) {
    const size_t length = halfLength(refinement, parity);
    const size_t same = static_cast<size_t>(parity) * refinement.half;
    const size_t right = static_cast<size_t>(1 - parity) * refinement.half + static_cast<size_t>(parity);
    const size_t left = right - 1;
    const size_t up = rowOf(y - 1), down = rowOf(y + 1), up2 = rowOf(y - 2), down2 = rowOf(y + 2);
    for (size_t i = 0; i < length; i += kFloatLanes) {
      const auto at = [i](const float* plane, size_t start) { return loadFloats(plane + start + i); };
      const Floats own = at(mean, row + same);
      const Floats x = (at(mean, row + right) - at(mean, row + left)) * half;
      const Floats z = (at(mean, down + same) - at(mean, up + same)) * half;
      const Floats xx = ((at(mean, row + same + 1) - own) - (own - at(mean, row + same - 1))) * quarter;
      const Floats zz = ((at(mean, down2 + same) - own) - (own - at(mean, up2 + same))) * quarter;
      const Floats xz = ((at(mean, down + right) - at(mean, down + left)) - (at(mean, up + right) - at(mean, up + left))) *
                        quarter;
      const Floats u0 = at(refinement.startU, row + same);
      const Floats v0 = at(refinement.startV, row + same);
      const Floats u = at(refinement.u, row + same);
      const Floats v = at(refinement.v, row + same);
      // What brightness and its gradients would be off by without any motion, linearised at the start.
      const Floats t = (at(difference, row + same) - x * u0) - z * v0;
      const Floats xt = (((at(difference, row + right) - at(difference, row + left)) * half) - xx * u0) - xz * v0;
      const Floats zt = (((at(difference, down + same) - at(difference, up + same)) * half) - xz * u0) - zz * v0;

      // 1 / (n · sqrt(r² / n + ε²)) with n = |∇I|² + ζ², written with one division.
      const Floats norm = (x * x + z * z) + gradientFloor;
      const Floats miss = (t + x * u) + z * v;
      const Floats p = floatsOf(0.5f * kBrightness) / root(norm * (miss * miss + penaltyFloor * norm));
      const Floats normX = (xx * xx + xz * xz) + gradientFloor;
      const Floats normZ = (xz * xz + zz * zz) + gradientFloor;
      const Floats missX = (xt + xx * u) + xz * v;
      const Floats missZ = (zt + xz * u) + zz * v;
      const Floats norms = normX * normZ;
      const Floats misses = ((missX * missX) * normZ + (missZ * missZ) * normX) + penaltyFloor * norms;
      const Floats q = floatsOf(0.5f * kGradients) / root(norms * misses);
      const Floats qx = q * normZ;
      const Floats qz = q * normX;

      const Floats px = p * x;
      const Floats pz = p * z;
      const Floats qxxx = qx * xx;
      const Floats qxxz = qx * xz;
      const Floats qzxz = qz * xz;
      const Floats qzzz = qz * zz;
      const Floats upward = y > 0 ? at(refinement.down, ringRow(refinement, y - 1) + same) : none;
      const Floats links = (at(refinement.right, ring + same) + at(refinement.right, ring + left)) +
                           (at(refinement.down, ring + same) + upward);
      const Floats a11 = larger(((px * x + qxxx * xx) + qzxz * xz) + links, leastDiagonal);
      const Floats a22 = larger(((pz * z + qxxz * xz) + qzzz * zz) + links, leastDiagonal);
      const Floats inverse = one / (a11 * a22);
      const size_t to = ring + same + i;
      store(refinement.inverse11 + to, a22 * inverse);
      store(refinement.inverse22 + to, a11 * inverse);
      store(refinement.a12 + to, (px * z + qxxx * xz) + qzxz * zz);
      store(refinement.b1 + to, none - ((px * t + qxxx * xt) + qzxz * zt));
      store(refinement.b2 + to, none - ((pz * t + qxxz * xt) + qzzz * zt));
    }
    float* const planes[] = {refinement.inverse11, refinement.inverse22, refinement.a12, refinement.b1, refinement.b2};
    for (float* const plane : planes) clearEnd(plane + ring + same, length);
  }
}

/** Over-relaxes the samples of one colour of a chessboard. */
inline void relaxRow(const Refinement& refinement, int y, int colour) {
  const int parity = (y + colour) & 1;
  const size_t row = static_cast<size_t>(y) * refinement.stride;
  const size_t length = halfLength(refinement, parity);
  const size_t same = static_cast<size_t>(parity) * refinement.half;
  const size_t right = static_cast<size_t>(1 - parity) * refinement.half + static_cast<size_t>(parity);
  const size_t left = right - 1;
  const size_t ring = ringRow(refinement, y);
  // Beyond the first and the last row the links weigh nothing, whatever is read there.
  const size_t up = row + same - (y > 0 ? refinement.stride : 0);
  const size_t down = row + same + (y + 1 < refinement.height ? refinement.stride : 0);
  const float* const upward = refinement.down + (y > 0 ? ringRow(refinement, y - 1) : 0) + same;
  const Floats none = floatsOf(0.0f);
  const Floats over = floatsOf(kOverRelaxation);
  float* const u = refinement.u;
  float* const v = refinement.v;
  for (size_t i = 0; i < length; i += kFloatLanes) {
    const auto at = [i](const float* plane, size_t start) { return loadFloats(plane + start + i); };
    const Floats linkRight = at(refinement.right, ring + same);
    const Floats linkLeft = at(refinement.right, ring + left);
    const Floats linkDown = at(refinement.down, ring + same);
    const Floats linkUp = y > 0 ? at(upward, 0) : none;
    const Floats a12 = at(refinement.a12, ring + same);
    const Floats pullU = (linkRight * at(u, row + right) + linkLeft * at(u, row + left)) +
                         (linkDown * at(u, down) + linkUp * at(u, up));
    const Floats pullV = (linkRight * at(v, row + right) + linkLeft * at(v, row + left)) +
                         (linkDown * at(v, down) + linkUp * at(v, up));
    Floats ownU = at(u, row + same);
    Floats ownV = at(v, row + same);
    const Floats nextU = ((at(refinement.b1, ring + same) + pullU) - a12 * ownV) * at(refinement.inverse11, ring + same);
    ownU = ownU + over * (nextU - ownU);
    const Floats nextV = ((at(refinement.b2, ring + same) + pullV) - a12 * ownU) * at(refinement.inverse22, ring + same);
    ownV = ownV + over * (nextV - ownV);
    store(u + row + same + i, ownU);
    store(v + row + same + i, ownV);
  }
  clearEnd(u + row + same, length);
  clearEnd(v + row + same, length);
}

/**
 * One fixed-point step, in waves: wave r makes the equations of row r, then each sweep, half a chessboard, does the row
 * above that of the sweep before it. All stay in the cache meanwhile.
 */
void refineWaves(const Refinement& refinement, int from, int to) {
  for (int wave = from; wave < to; wave++) {
    if (wave < refinement.height) {
      linkRow(refinement, wave);
      equationRow(refinement, wave);
    }
    for (int sweep = 0; sweep < 2 * kRelaxations; sweep++) {
      const int y = wave - 1 - sweep;
      if (y >= 0 && y < refinement.height) relaxRow(refinement, y, sweep % 2);
    }
  }
}

void joinRow(const Refinement& refinement, int y, float* vectors) {
  const size_t even = static_cast<size_t>(y) * refinement.stride;
  const size_t odd = even + refinement.half;
  for (size_t i = 0; i < halfLength(refinement, 0); i += kFloatLanes) {
    Floats u[2], v[2], pairs[2];
    interleave(loadFloats(refinement.u + even + i), loadFloats(refinement.u + odd + i), u[0], u[1]);
    interleave(loadFloats(refinement.v + even + i), loadFloats(refinement.v + odd + i), v[0], v[1]);
    for (size_t half = 0; half < 2; half++) {
      float* const to = vectors + 4 * i + 2 * half * kFloatLanes;
      interleave(u[half], v[half], pairs[0], pairs[1]);
      store(to, pairs[0]);
      store(to + kFloatLanes, pairs[1]);
    }
  }
}

}  // namespace
}  // namespace clearcut
