#pragma once

#include "../cpu/vector-f32.h"
#include "micro-kernel.h"

namespace clearcut {
namespace {

constexpr int kInversionSteps = 3;

struct FlowVectors {
  Floats u, v;
};

/** The flow at places of the full picture, in its samples. */
inline FlowVectors sampleFlow(const FlowField& flow, float scale, Floats x, Floats y) {
  const Floats half = floatsOf(0.5f);
  const Floats shrink = floatsOf(1.0f / scale);
  x = within((x + half) * shrink - half, 0.0f, static_cast<float>(flow.width - 1));
  y = within((y + half) * shrink - half, 0.0f, static_cast<float>(flow.height - 1));
  const Floats left = floorOf(x);
  const Floats top = floorOf(y);
  const Floats across = x - left;
  const Floats down = y - top;
  const Wholes column = toWholes(left);
  const Wholes at = toWholes(top) * wholesOf(static_cast<int32_t>(flow.stride)) + (column + column);
  Floats above[4], below[4];
  gatherQuads(flow.vectors, at, above);
  gatherQuads(flow.vectors + flow.stride, at, below);
  const auto mix = [&](size_t component) {
    const Floats upper = above[component] + across * (above[component + 2] - above[component]);
    const Floats lower = below[component] + across * (below[component + 2] - below[component]);
    return (upper + down * (lower - upper)) * floatsOf(scale);
  };
  return {mix(0), mix(1)};
}

/** The vector that passes through a place after `time` of its way: f(x) = F(x − time · f(x)), by fixed-point steps. */
inline FlowVectors invert(const FlowField& flow, float scale, float time, Floats x, Floats y) {
  FlowVectors found = sampleFlow(flow, scale, x, y);
  for (int step = 0; step < kInversionSteps; step++)
    found = sampleFlow(flow, scale, x - floatsOf(time) * found.u, y - floatsOf(time) * found.v);
  return found;
}

void projectRow(const Projection& projection, int width, int y, const ProjectedRow& row) {
  const Floats down = floatsOf(static_cast<float>(y));
  for (size_t i = 0; i < static_cast<size_t>(width); i += kFloatLanes) {
    const Floats x = countUp() + floatsOf(static_cast<float>(i));
    const FlowVectors forward = invert(projection.forward, projection.scale, projection.time, x, down);
    const FlowVectors backward = invert(projection.backward, projection.scale, 1.0f - projection.time, x, down);
    store(row.forwardU + i, forward.u);
    store(row.forwardV + i, forward.v);
    store(row.backwardU + i, backward.u);
    store(row.backwardV + i, backward.v);
  }
}

}  // namespace
}  // namespace clearcut
