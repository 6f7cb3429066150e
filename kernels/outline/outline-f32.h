#pragma once

// The micro-kernel for every instruction set that cpu/vector-f32.h has vectors of. A vector holds points or pixels.

#include "../cpu/exponential-f32.h"
#include "../cpu/mask-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

void measureDistances(const PolygonEdges& edges, const DistanceRow& row) {
  const Floats zero = floatsOf(0.0f);
  for (size_t i = 0; i < row.count; i += kFloatLanes) {
    Floats x, y;
    takeTurns(loadFloats(row.points + 2 * i), loadFloats(row.points + 2 * i + kFloatLanes), x, y);
    Floats least = floatsOf(3.0e38f);
    Mask inside = noLanes();
    for (size_t edge = 0; edge < edges.count; edge++) {
      const Floats startY = floatsOf(edges.startY[edge]);
      const Floats deltaX = floatsOf(edges.deltaX[edge]);
      const Floats deltaY = floatsOf(edges.deltaY[edge]);
      const Floats px = x - floatsOf(edges.startX[edge]);
      const Floats py = y - startY;
      const Floats along = within((px * deltaX + py * deltaY) * floatsOf(edges.inverse[edge]), 0.0f, 1.0f);
      const Floats awayX = px - along * deltaX;
      const Floats awayY = py - along * deltaY;
      least = smaller(awayX * awayX + awayY * awayY, least);
      // The ray to the right crosses this edge: multiplied out, since edges of no height are not crossed.
      const Mask rising = less(y, floatsOf(edges.endY[edge]));
      const Mask straddles = less(y, startY) ^ rising;
      inside = inside ^ (straddles & !(less(px * deltaY, py * deltaX) ^ rising));
    }
    const Floats distance = root(least);
    store(row.distances + i, choose(inside, distance, zero - distance));
  }
}

void mixRows(const float* a, const float* b, float share, size_t count, float* between) {
  for (size_t i = 0; i < count; i++) between[i] = a[i] + share * (b[i] - a[i]);
}

void drawOutRow(const DrawnOutRow& row) {
  float* const line = row.line + 1;
  for (size_t i = 0; i < row.side; i++) line[i] = 0.75f * row.near[i] + 0.25f * row.far[i];
  line[-1] = line[0];
  line[row.side] = line[row.side - 1];
  size_t i = 0;
  const Floats most = floatsOf(0.75f), rest = floatsOf(0.25f);
  for (; i + kFloatLanes <= row.side; i += kFloatLanes) {
    const Floats middle = most * loadFloats(line + i);
    Floats first, second;
    interleave(middle + rest * loadFloats(line + i - 1), middle + rest * loadFloats(line + i + 1), first, second);
    store(row.target + 2 * i, first);
    store(row.target + 2 * i + kFloatLanes, second);
  }
  for (; i < row.side; i++) {
    row.target[2 * i] = 0.75f * line[i] + 0.25f * line[i - 1];
    row.target[2 * i + 1] = 0.75f * line[i] + 0.25f * line[i + 1];
  }
}

void coverPixels(const MatteRow& row) {
  const Floats one = floatsOf(1.0f);
  const auto last = static_cast<float>(row.columns - 1);
  for (size_t i = 0; i < row.pixels; i += kFloatLanes) {
    const Floats pixel = countUp() + floatsOf(static_cast<float>(i));
    const Floats at = within(pixel * floatsOf(row.step) + floatsOf(row.left), 0.0f, last);
    const Floats first = smaller(floorOf(at), floatsOf(last - 1.0f));
    Floats a, b;
    gatherPairs(row.logits, toWholes(first), a, b);
    const Floats logit = a + (at - first) * (b - a);
    const Floats coverage = one / (one + exponential(floatsOf(0.0f) - logit));
    store(row.codes + i, floorOf(coverage * floatsOf(255.0f) + floatsOf(0.5f)));
  }
}

}  // namespace
}  // namespace clearcut
