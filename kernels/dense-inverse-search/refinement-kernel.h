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
  const float* const below = picture.luma + picture.stride;
  const Floats first = gather(picture.luma, at);
  const Floats upper = first + across * (gather(picture.luma + 1, at) - first);
  const Floats third = gather(below, at);
  const Floats lower = third + across * (gather(below + 1, at) - third);
  return upper + down * (lower - upper);
}

void prepareRow(const Refinement& refinement, const PatchSearch& frames, const FlowField& flow, int y) {
  const size_t start = static_cast<size_t>(y) * refinement.stride;
  const float* const flowU = flow.u + static_cast<size_t>(y) * flow.stride;
  const float* const flowV = flow.v + static_cast<size_t>(y) * flow.stride;
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

void linkRow(const Refinement& refinement, int y) {
  const size_t start = static_cast<size_t>(y) * refinement.stride;
  // Below the last row its own samples: their difference is 0.
  const size_t below = y + 1 < refinement.height ? refinement.stride : 0;
  const float weight = 0.5f * kSmoothness;
  // The first column has no left neighbour.
  refinement.right[start + refinement.half - 1] = 0.0f;
  for (int parity = 0; parity < 2; parity++) {
    const size_t length = halfLength(refinement, parity);
    const size_t at = start + static_cast<size_t>(parity) * refinement.half;
    const size_t beside = start + static_cast<size_t>(1 - parity) * refinement.half + static_cast<size_t>(parity);
    const size_t lastColumn = static_cast<size_t>(refinement.width - 1);
    const bool ends = lastColumn % 2 == static_cast<size_t>(parity);
    float* const u = refinement.u;
    float* const v = refinement.v;
    // The last column has no right neighbour; its own value makes the difference 0.
    if (ends) {
      u[beside + length - 1] = u[at + length - 1];
      v[beside + length - 1] = v[at + length - 1];
    }
    for (size_t i = 0; i < length; i += kFloatLanes) {
      const Floats ownU = loadFloats(u + at + i);
      const Floats ownV = loadFloats(v + at + i);
      const Floats rightU = loadFloats(u + beside + i) - ownU;
      const Floats rightV = loadFloats(v + beside + i) - ownV;
      const Floats downU = loadFloats(u + at + below + i) - ownU;
      const Floats downV = loadFloats(v + at + below + i) - ownV;
      const Floats squares = (rightU * rightU + downU * downU) + (rightV * rightV + downV * downV);
      const Floats link = floatsOf(weight) / root(squares + floatsOf(kPenaltyFloor));
      store(refinement.right + at + i, link);
      store(refinement.down + at + i, below == 0 ? floatsOf(0.0f) : link);
    }
    clearEnd(refinement.right + at, ends ? length - 1 : length);
    clearEnd(refinement.down + at, length);
  }
}

void equationRow(const Refinement& refinement, int y) {
  const auto rowOf = [&](int row) {
    row = row < 0 ? 0 : row;
    row = row < refinement.height ? row : refinement.height - 1;
    return static_cast<size_t>(row) * refinement.stride;
  };
  const size_t start = rowOf(y);
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
    const float* const mean = refinement.mean;
    const float* const difference = refinement.difference;
    const size_t up = rowOf(y - 1), down = rowOf(y + 1), up2 = rowOf(y - 2), down2 = rowOf(y + 2);
    for (size_t i = 0; i < length; i += kFloatLanes) {
      const Floats own = loadFloats(mean + start + same + i);
      const Floats x = (loadFloats(mean + start + right + i) - loadFloats(mean + start + left + i)) * half;
      const Floats y1 = (loadFloats(mean + down + same + i) - loadFloats(mean + up + same + i)) * half;
      const Floats xx = ((loadFloats(mean + start + same + i + 1) - own) - (own - loadFloats(mean + start + same + i - 1))) * quarter;
      const Floats yy = ((loadFloats(mean + down2 + same + i) - own) - (own - loadFloats(mean + up2 + same + i))) * quarter;
      const Floats xy = ((loadFloats(mean + down + right + i) - loadFloats(mean + down + left + i)) -
                         (loadFloats(mean + up + right + i) - loadFloats(mean + up + left + i))) * quarter;
      const Floats t = loadFloats(difference + start + same + i);
      const Floats xt = (loadFloats(difference + start + right + i) - loadFloats(difference + start + left + i)) * half;
      const Floats yt = (loadFloats(difference + down + same + i) - loadFloats(difference + up + same + i)) * half;
      const size_t at = start + same + i;
      const Floats u0 = loadFloats(refinement.startU + at);
      const Floats v0 = loadFloats(refinement.startV + at);
      const Floats du = loadFloats(refinement.u + at) - u0;
      const Floats dv = loadFloats(refinement.v + at) - v0;

      const Floats norm = one / ((x * x + y1 * y1) + gradientFloor);
      const Floats miss = (t + x * du) + y1 * dv;
      const Floats p = (floatsOf(0.5f * kBrightness) * norm) / root((miss * miss) * norm + penaltyFloor);
      const Floats normX = one / ((xx * xx + xy * xy) + gradientFloor);
      const Floats normY = one / ((xy * xy + yy * yy) + gradientFloor);
      const Floats missX = (xt + xx * du) + xy * dv;
      const Floats missY = (yt + xy * du) + yy * dv;
      const Floats q = floatsOf(0.5f * kGradients) /
                       root(((missX * missX) * normX + (missY * missY) * normY) + penaltyFloor);
      const Floats qx = q * normX;
      const Floats qy = q * normY;

      const Floats constant = (t - x * u0) - y1 * v0;
      const Floats constantX = (xt - xx * u0) - xy * v0;
      const Floats constantY = (yt - xy * u0) - yy * v0;
      const Floats px = p * x;
      const Floats py = p * y1;
      const Floats qxxx = qx * xx;
      const Floats qxxy = qx * xy;
      const Floats qyxy = qy * xy;
      const Floats qyyy = qy * yy;
      const Floats links = (loadFloats(refinement.right + at) + loadFloats(refinement.right + start + left + i)) +
                           (loadFloats(refinement.down + at) +
                            (y > 0 ? loadFloats(refinement.down + up + same + i) : floatsOf(0.0f)));
      const Floats a11 = ((px * x + qxxx * xx) + qyxy * xy) + links;
      const Floats a22 = ((py * y1 + qxxy * xy) + qyyy * yy) + links;
      store(refinement.inverse11 + at, one / larger(a11, leastDiagonal));
      store(refinement.inverse22 + at, one / larger(a22, leastDiagonal));
      store(refinement.a12 + at, (px * y1 + qxxx * xy) + qyxy * yy);
      store(refinement.b1 + at, floatsOf(0.0f) - ((px * constant + qxxx * constantX) + qyxy * constantY));
      store(refinement.b2 + at, floatsOf(0.0f) - ((py * constant + qxxy * constantX) + qyyy * constantY));
    }
    const size_t end = start + same;
    float* const planes[] = {refinement.inverse11, refinement.inverse22, refinement.a12, refinement.b1, refinement.b2};
    for (float* const plane : planes)
      clearEnd(plane + end, length);
  }
}

void relaxRow(const Refinement& refinement, int y, int colour) {
  const int parity = (y + colour) & 1;
  const size_t start = static_cast<size_t>(y) * refinement.stride;
  const size_t length = halfLength(refinement, parity);
  const size_t same = start + static_cast<size_t>(parity) * refinement.half;
  const size_t right = start + static_cast<size_t>(1 - parity) * refinement.half + static_cast<size_t>(parity);
  const size_t left = right - 1;
  // Beyond the first and the last row the links weigh nothing, whatever is read there.
  const size_t up = y > 0 ? same - refinement.stride : same;
  const size_t down = y + 1 < refinement.height ? same + refinement.stride : same;
  const Floats none = floatsOf(0.0f);
  const Floats over = floatsOf(kOverRelaxation);
  float* const u = refinement.u;
  float* const v = refinement.v;
  for (size_t i = 0; i < length; i += kFloatLanes) {
    const Floats linkRight = loadFloats(refinement.right + same + i);
    const Floats linkLeft = loadFloats(refinement.right + left + i);
    const Floats linkDown = loadFloats(refinement.down + same + i);
    const Floats linkUp = y > 0 ? loadFloats(refinement.down + up + i) : none;
    const Floats a12 = loadFloats(refinement.a12 + same + i);
    const Floats pullU = (linkRight * loadFloats(u + right + i) + linkLeft * loadFloats(u + left + i)) +
                         (linkDown * loadFloats(u + down + i) + linkUp * loadFloats(u + up + i));
    const Floats pullV = (linkRight * loadFloats(v + right + i) + linkLeft * loadFloats(v + left + i)) +
                         (linkDown * loadFloats(v + down + i) + linkUp * loadFloats(v + up + i));
    Floats ownU = loadFloats(u + same + i);
    Floats ownV = loadFloats(v + same + i);
    const Floats nextU = ((loadFloats(refinement.b1 + same + i) + pullU) - a12 * ownV) * loadFloats(refinement.inverse11 + same + i);
    ownU = ownU + over * (nextU - ownU);
    const Floats nextV = ((loadFloats(refinement.b2 + same + i) + pullV) - a12 * ownU) * loadFloats(refinement.inverse22 + same + i);
    ownV = ownV + over * (nextV - ownV);
    store(u + same + i, ownU);
    store(v + same + i, ownV);
  }
  clearEnd(u + same, length);
  clearEnd(v + same, length);
}

void joinRow(const Refinement& refinement, int y, float* u, float* v) {
  const size_t even = static_cast<size_t>(y) * refinement.stride;
  const size_t odd = even + refinement.half;
  for (size_t i = 0; i < halfLength(refinement, 0); i += kFloatLanes) {
    Floats first, second;
    interleave(loadFloats(refinement.u + even + i), loadFloats(refinement.u + odd + i), first, second);
    store(u + 2 * i, first);
    store(u + 2 * i + kFloatLanes, second);
    interleave(loadFloats(refinement.v + even + i), loadFloats(refinement.v + odd + i), first, second);
    store(v + 2 * i, first);
    store(v + 2 * i + kFloatLanes, second);
  }
}

}  // namespace
}  // namespace clearcut
