#pragma once

#include <memory>
#include <vector>

#include "frame-pyramid.h"

namespace clearcut {

/** Where warps go; planes [3, height, width]. */
struct WarpTargets {
  float* warpedPrevious = nullptr;
  float* warpedNext = nullptr;
  /** [height, width], or null. */
  float* confidence = nullptr;
};

/** The motion between two frames both ways, with all working memory. Calls must follow each other. */
class MotionSession {
 public:
  MotionSession(const MotionKernel& kernel, int width, int height, int finest);

  /** Takes in two frames, planes [3, height, width], and estimates both flows. */
  void estimate(ThreadPool& pool, const float* previous, const float* next);
  /** As `estimate`, with the last call's next frame as the previous one. */
  void advance(ThreadPool& pool, const float* next);
  /** Warps both frames to a time between them. */
  void warpTo(ThreadPool& pool, float time, const WarpTargets& targets) const;

 private:
  /** One of the two flows. */
  struct Direction {
    /** Of every level; empty before the finest. */
    std::vector<AlignedArray<float>> vectors;
    AlignedArray<float> patchU;
    AlignedArray<float> patchV;
    AlignedArray<float> patchErrors;
    AlignedArray<float> planes;
    AlignedArray<float> rings;
  };

  FlowField field(const Direction& direction, int level) const;
  PatchSearch search(Direction& direction, bool backward, int level) const;
  Refinement refinement(Direction& direction, int level, int step) const;
  void estimateFlows(ThreadPool& pool);
  void estimateLevel(ThreadPool& pool, int level);
  void refine(ThreadPool& pool, int level);

  const MotionKernel& kernel_;
  int finest_;
  std::vector<LevelSize> sizes_;
  std::unique_ptr<FramePyramid> previous_;
  std::unique_ptr<FramePyramid> next_;
  Direction directions_[2];
};

}  // namespace clearcut
