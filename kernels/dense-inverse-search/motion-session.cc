#include "motion-session.h"

#include <algorithm>
#include <utility>

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 4;
/** Rows of patches that are searched together; more would leave threads without work. */
constexpr size_t kBandRows = 16;
constexpr size_t kRefinementPlanes = 6;
constexpr size_t kRefinementRings = 7;
/** Waves of a chunk of a fixed-point step: a step's chunk is ready when the step before is one chunk further. */
constexpr int kWaves = 16;
static_assert(kWaves >= kRefinementLag, "a step must not overtake the one before");

size_t filledUp(size_t count) { return (count + kMostLanes - 1) / kMostLanes * kMostLanes; }

size_t patchesAlong(int side) {
  return side <= kPatch ? 1 : 1 + static_cast<size_t>(side - kPatch + kPatchStep - 1) / kPatchStep;
}

/** From the even samples of a row of the refinement's planes to the odd ones, margins included. */
size_t halfStride(int width) { return filledUp(static_cast<size_t>(width + 1) / 2) + 2 * kMostLanes; }

/** Floats of a row of flow vectors, with the column beyond its end and what whole vectors write. */
size_t vectorStride(int width) { return 2 * (filledUp(static_cast<size_t>(width)) + 2 * kMostLanes); }

}  // namespace

MotionSession::MotionSession(const MotionKernel& kernel, int width, int height, int finest)
    : kernel_(kernel),
      finest_(finest),
      sizes_(pyramidSizes(width, height, finest)),
      previous_(new FramePyramid(sizes_, finest)),
      next_(new FramePyramid(sizes_, finest)) {
  const LevelSize largest = sizes_[static_cast<size_t>(finest)];
  for (Direction& direction : directions_) {
    direction.vectors.resize(sizes_.size());
    for (size_t level = static_cast<size_t>(finest); level < sizes_.size(); level++)
      direction.vectors[level].resize(vectorStride(sizes_[level].width) * static_cast<size_t>(sizes_[level].height + 1));
    const size_t patches = patchesAlong(largest.width) * patchesAlong(largest.height);
    direction.patchU.resize(patches);
    direction.patchV.resize(patches);
    direction.patchErrors.resize(patches);
    const size_t stride = 2 * halfStride(largest.width);
    direction.planes.resize(kRefinementPlanes * stride * static_cast<size_t>(largest.height) + 2 * kMostLanes);
    direction.rings.resize(kFixedPointSteps * kRefinementRings * stride * kRefinementRing + 2 * kMostLanes);
  }
}

void MotionSession::estimate(ThreadPool& pool, const float* previous, const float* next) {
  previous_->fill(pool, kernel_, previous);
  next_->fill(pool, kernel_, next);
  estimateFlows(pool);
}

void MotionSession::advance(ThreadPool& pool, const float* next) {
  std::swap(previous_, next_);
  next_->fill(pool, kernel_, next);
  estimateFlows(pool);
}

void MotionSession::estimateFlows(ThreadPool& pool) {
  for (int level = static_cast<int>(sizes_.size()) - 1; level >= finest_; level--) estimateLevel(pool, level);
}

FlowField MotionSession::field(const Direction& direction, int level) const {
  const auto index = static_cast<size_t>(level);
  const LevelSize size = sizes_[index];
  return {size.width, size.height, vectorStride(size.width), direction.vectors[index].data()};
}

PatchSearch MotionSession::search(Direction& direction, bool backward, int level) const {
  PatchSearch search;
  search.from = (backward ? next_ : previous_)->level(level);
  search.to = (backward ? previous_ : next_)->level(level);
  search.columns = patchesAlong(search.from.width);
  search.rows = patchesAlong(search.from.height);
  search.coarse = static_cast<size_t>(level) + 1 < sizes_.size() ? field(direction, level + 1) : FlowField{};
  search.u = direction.patchU.data();
  search.v = direction.patchV.data();
  search.errors = direction.patchErrors.data();
  return search;
}

Refinement MotionSession::refinement(Direction& direction, int level, int step) const {
  const LevelSize size = sizes_[static_cast<size_t>(level)];
  Refinement planes;
  planes.width = size.width;
  planes.height = size.height;
  planes.half = halfStride(size.width);
  planes.stride = 2 * planes.half;
  float* next = direction.planes.data() + kMostLanes;
  for (float** plane : {&planes.mean, &planes.difference, &planes.startU, &planes.startV, &planes.u, &planes.v}) {
    *plane = next;
    next += planes.stride * static_cast<size_t>(size.height);
  }
  const size_t ring = planes.stride * kRefinementRing;
  next = direction.rings.data() + kMostLanes + static_cast<size_t>(step) * kRefinementRings * ring;
  for (float** plane : {&planes.right, &planes.down, &planes.inverse11, &planes.inverse22, &planes.a12, &planes.b1,
                        &planes.b2}) {
    *plane = next;
    next += ring;
  }
  return planes;
}

void MotionSession::estimateLevel(ThreadPool& pool, int level) {
  const PatchSearch searches[2] = {search(directions_[0], false, level), search(directions_[1], true, level)};
  const size_t bands = (searches[0].rows + kBandRows - 1) / kBandRows;
  pool.forRange(2 * bands, 1, [&](size_t from, size_t to, Scratch&) {
    for (size_t band = from; band < to; band++) {
      const size_t first = band % bands * kBandRows;
      const PatchSearch& search = searches[band / bands];
      kernel_.searchPatches(search, first, std::min(first + kBandRows, search.rows));
    }
  });
  const auto height = static_cast<size_t>(searches[0].from.height);
  const auto eachRow = [&](const auto& work) {
    pool.forRange(2 * height, kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
      for (size_t row = from; row < to; row++) work(row / height, static_cast<int>(row % height), scratch);
    });
  };
  const auto width = static_cast<size_t>(searches[0].from.width);
  eachRow([&](size_t which, int y, Scratch& scratch) {
    // Three rows of sums as `densifyRow` wants them, and the row's flow.
    const size_t sums = 3 * (width + kPatch + kMostLanes);
    const size_t filled = filledUp(width) + 2 * kMostLanes;
    auto* const memory = reinterpret_cast<float*>(scratch.bytes((sums + 2 * filled) * sizeof(float)));
    float* const u = memory + sums;
    float* const v = u + filled;
    kernel_.densifyRow({&searches[which], y, memory, u, v});
    kernel_.prepareRow(refinement(directions_[which], level, 0), searches[which], u, v, y);
  });
  refine(pool, level);
  eachRow([&](size_t which, int y, Scratch&) {
    float* const vectors = directions_[which].vectors[static_cast<size_t>(level)].data();
    kernel_.joinRow(refinement(directions_[which], level, 0), y,
                    vectors + static_cast<size_t>(y) * vectorStride(searches[0].from.width));
  });
}

// A fixed-point step begins with its chunks of waves while the one before goes on with later ones: in turn t, step s
// does chunk t - 2 s. Each waits for its own last chunk and that of the step before, both of earlier turns.
void MotionSession::refine(ThreadPool& pool, int level) {
  const int waves = sizes_[static_cast<size_t>(level)].height + kRefinementLag;
  const int chunks = (waves + kWaves - 1) / kWaves;
  const int turns = chunks + 2 * (kFixedPointSteps - 1);
  const auto firstStep = [&](size_t turn) { return std::max(0, (static_cast<int>(turn) - chunks + 2) / 2); };
  const auto steps = [&](size_t turn) {
    return std::max(0, std::min(kFixedPointSteps - 1, static_cast<int>(turn) / 2) - firstStep(turn) + 1);
  };
  const auto stepOf = [&](size_t turn, size_t item) { return firstStep(turn) + static_cast<int>(item) / 2; };
  std::vector<size_t> items;
  for (size_t turn = 0; turn < static_cast<size_t>(turns); turn++) items.push_back(2 * static_cast<size_t>(steps(turn)));
  pool.run(
      items,
      [&](size_t turn, size_t item, Scratch&) {
        const int step = stepOf(turn, item);
        const int first = (static_cast<int>(turn) - 2 * step) * kWaves;
        kernel_.refineWaves(refinement(directions_[item % 2], level, step), first, std::min(first + kWaves, waves));
      },
      [&](size_t turn, size_t item, size_t earlier, size_t other) {
        const int apart = stepOf(turn, item) - stepOf(earlier, other);
        return item % 2 == other % 2 && (apart == 0 || apart == 1);
      });
}

void MotionSession::warpTo(ThreadPool& pool, float time, const WarpTargets& targets) const {
  const LevelSize size = sizes_[0];
  const auto width = static_cast<size_t>(size.width);
  const size_t area = width * static_cast<size_t>(size.height);
  const Projection projection = {field(directions_[0], finest_), field(directions_[1], finest_),
                                 static_cast<float>(1 << finest_), time};
  pool.forRange(static_cast<size_t>(size.height), kLeastRows, [&](size_t from, size_t to, Scratch& scratch) {
    const size_t filled = filledUp(width);
    auto* const memory = reinterpret_cast<float*>(scratch.bytes(4 * filled * sizeof(float)));
    const ProjectedRow flows = {memory, memory + filled, memory + 2 * filled, memory + 3 * filled};
    for (size_t y = from; y < to; y++) {
      kernel_.projectRow(projection, size.width, static_cast<int>(y), flows);
      WarpRow row = {size.width,        size.height, static_cast<int>(y), previous_->samplesStride(), previous_->samples(),
                     next_->samples(), time,        flows,               {},                         {},
                     nullptr};
      for (size_t channel = 0; channel < 3; channel++) {
        row.warpedPrevious[channel] = targets.warpedPrevious + channel * area + y * width;
        row.warpedNext[channel] = targets.warpedNext + channel * area + y * width;
      }
      if (targets.confidence != nullptr) row.confidence = targets.confidence + y * width;
      kernel_.warpRow(row);
    }
  });
}

}  // namespace clearcut
