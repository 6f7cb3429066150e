#include "outline.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace clearcut {
namespace {

constexpr size_t kLeastPoints = 256;
constexpr size_t kLeastRows = 16;
/** Points whose distances are measured before the next ones are read. A multiple of every vector. */
constexpr size_t kBlock = 256;
/** Of the average matte, how much stays in a frame where nothing has changed. */
constexpr int kMeanShare = 7;
constexpr int kMeanWhole = 8;
constexpr float kLeastSquare = 1e-12f;
/** |logit| up to `kCertain` falls into one of so many bins. */
constexpr int kBins = 512;
constexpr float kCertain = 8.0f;

size_t filledUp(size_t count, size_t lanes) { return (count + lanes - 1) / lanes * lanes; }

/** The edges of one polygon, in `memory` of 6 · vertices values. */
PolygonEdges edgesOf(const float* polygon, size_t vertices, float* memory) {
  float* const startX = memory;
  float* const startY = startX + vertices;
  float* const endY = startY + vertices;
  float* const deltaX = endY + vertices;
  float* const deltaY = deltaX + vertices;
  float* const inverse = deltaY + vertices;
  for (size_t i = 0; i < vertices; i++) {
    const float* const end = polygon + (i + 1) % vertices * 2;
    startX[i] = polygon[2 * i];
    startY[i] = polygon[2 * i + 1];
    endY[i] = end[1];
    deltaX[i] = end[0] - startX[i];
    deltaY[i] = end[1] - startY[i];
    inverse[i] = 1.0f / std::max(deltaX[i] * deltaX[i] + deltaY[i] * deltaY[i], kLeastSquare);
  }
  return {vertices, startX, startY, endY, deltaX, deltaY, inverse};
}

int binOf(float logit) {
  const float at = std::fabs(logit) * (kBins / kCertain);
  return at >= kBins ? kBins : static_cast<int>(at > 0.0f ? at : 0.0f);
}

/** The least certain cells: those of the lowest bins, and the first ones of the bin that is too full. */
int32_t choose(const GridWork& grid) {
  size_t counts[kBins + 1] = {};
  const size_t width = 2 * grid.side;
  for (size_t y = grid.y0; y < grid.y1; y++)
    for (size_t x = grid.x0; x < grid.x1; x++) counts[binOf(grid.target[y * width + x])]++;
  int last = 0;
  size_t before = 0;
  while (last < kBins && before + counts[last] <= grid.most) before += counts[last++];
  size_t left = last < kBins ? grid.most - before : 0;
  int32_t chosen = 0;
  for (size_t y = grid.y0; y < grid.y1; y++)
    for (size_t x = grid.x0; x < grid.x1; x++) {
      const int bin = binOf(grid.target[y * width + x]);
      if (bin > last || (bin == last && left == 0)) continue;
      if (bin == last) left--;
      grid.cells[chosen++] = static_cast<int32_t>(y * width + x);
    }
  return chosen;
}

/** A matte's row of the region, of `width` pixels; beyond the matte 0. */
void placeRow(const PlacedMatte& matte, size_t row, size_t width, uint8_t* target) {
  std::memset(target, 0, width);
  if (row >= matte.y && row < matte.y + matte.height)
    std::memcpy(target + matte.x, matte.data + (row - matte.y) * matte.width, matte.width);
}

}  // namespace

void steadyMatte(ThreadPool& pool, const SteadyWork& work) {
  pool.forRange(work.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    uint8_t* const told = scratch.bytes(2 * work.width);
    uint8_t* const mean = told + work.width;
    for (size_t row = from; row < to; row++) {
      uint8_t* const target = work.target + row * work.width;
      placeRow(work.now, row, work.width, target);
      placeRow(work.told, row, work.width, told);
      placeRow(work.mean, row, work.width, mean);
      uint8_t* const targetMean = work.targetMean + row * work.width;
      const uint8_t* const still = work.still + static_cast<size_t>(work.rows[row]) * work.mapWidth;
      for (size_t x = 0; x < work.width; x++) {
        const int now = target[x];
        targetMean[x] = target[x];
        if (told[x] == now && mean[x] == now) continue;
        const int share = work.weight * still[work.columns[x]] / 255;
        const int usual = now + (mean[x] - now) * share * kMeanShare / (256 * kMeanWhole);
        const int held = std::clamp(static_cast<int>(told[x]), 2 * usual - 255, 2 * usual);
        targetMean[x] = static_cast<uint8_t>(usual);
        target[x] = static_cast<uint8_t>(now + (held - now) * share / 256);
      }
    }
  });
}

void subdivideGrids(ThreadPool& pool, const OutlineKernel& kernel, const std::vector<GridWork>& grids,
                    int32_t* counts) {
  pool.forRange(grids.size(), 1, [&](size_t from, size_t to, Scratch& scratch) {
    for (size_t index = from; index < to; index++) {
      const GridWork& grid = grids[index];
      const size_t side = grid.side;
      auto* const line = reinterpret_cast<float*>(scratch.bytes((side + kernel.lanes + 2) * sizeof(float)));
      for (size_t row = 0; row < 2 * side; row++) {
        const size_t near = row / 2;
        const size_t far = row % 2 == 0 ? (near > 0 ? near - 1 : 0) : std::min(near + 1, side - 1);
        kernel.drawOut({grid.source + near * side, grid.source + far * side, side, line, grid.target + row * 2 * side});
      }
      counts[index] = choose(grid);
    }
  });
}

void measureSignedDistances(ThreadPool& pool, const OutlineKernel& kernel, const DistanceWork& work) {
  const auto points = static_cast<size_t>(work.starts[work.count]);
  pool.forRange(points, kLeastPoints, [&](size_t from, size_t to, Scratch& scratch) {
    auto* const memory = reinterpret_cast<float*>(scratch.bytes((3 * kBlock + 6 * work.vertices) * sizeof(float)));
    float* const block = memory;
    float* const result = memory + 2 * kBlock;
    for (size_t polygon = 0; polygon < work.count; polygon++) {
      const size_t first = std::max(from, static_cast<size_t>(work.starts[polygon]));
      const size_t end = std::min(to, static_cast<size_t>(work.starts[polygon + 1]));
      if (first >= end) continue;
      const PolygonEdges edges =
          edgesOf(work.polygons + 2 * polygon * work.vertices, work.vertices, memory + 3 * kBlock);
      for (size_t at = first; at < end; at += kBlock) {
        const size_t count = std::min(kBlock, end - at);
        const size_t filled = filledUp(count, kernel.lanes);
        std::memcpy(block, work.points + 2 * at, 2 * count * sizeof(float));
        std::fill(block + 2 * count, block + 2 * filled, 0.0f);
        kernel.measure(edges, {block, filled, result});
        std::memcpy(work.distances + at, result, count * sizeof(float));
      }
    }
  });
}

void renderMatte(ThreadPool& pool, const OutlineKernel& kernel, const MatteWork& work) {
  const size_t filled = filledUp(work.width, kernel.lanes);
  const auto last = static_cast<float>(work.rows - 1);
  pool.forRange(work.height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    auto* const between = reinterpret_cast<float*>(scratch.bytes((work.columns + filled) * sizeof(float)));
    float* const codes = between + work.columns;
    for (size_t row = from; row < to; row++) {
      const float wanted = static_cast<float>(row) * work.stepY + work.top;
      const float at = std::min(wanted > 0.0f ? wanted : 0.0f, last);
      const float first = std::min(std::floor(at), last - 1.0f);
      const float* const upper = work.logits + static_cast<size_t>(first) * work.columns;
      kernel.mix(upper, upper + work.columns, at - first, work.columns, between);
      kernel.cover({between, work.columns, work.left, work.stepX, filled, codes});
      uint8_t* const target = work.target + row * work.width;
      for (size_t i = 0; i < work.width; i++) target[i] = static_cast<uint8_t>(static_cast<int32_t>(codes[i]));
    }
  });
}

}  // namespace clearcut
