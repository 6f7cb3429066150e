#pragma once

#include <cstddef>
#include <vector>

#include "../cpu/aligned-array.h"
#include "../cpu/thread-pool.h"
#include "micro-kernel.h"

namespace clearcut {

/** A plane of floats with margins (micro-kernel.h). */
class MarginPlane {
 public:
  MarginPlane(int width, int height);

  float* row(int y) { return samples_.data() + offset(y); }
  const float* row(int y) const { return samples_.data() + offset(y); }
  size_t stride() const { return stride_; }

  /** Repeats the border of a row sideways. */
  void fillSides(int y);
  /** Repeats the first and the last row, sides included. */
  void fillEnds();

 private:
  size_t offset(int y) const { return static_cast<size_t>(y + kMargin) * stride_ + kMargin; }

  int width_;
  int height_;
  size_t stride_;
  AlignedArray<float> samples_;
};

/** Sizes of a pyramid's levels, the full picture first: each side is half of the one before, rounded up. */
struct LevelSize {
  int width;
  int height;
};
std::vector<LevelSize> pyramidSizes(int width, int height, int finest);

/** A frame as the search sees it, and as warps read it. */
class FramePyramid {
 public:
  FramePyramid(const std::vector<LevelSize>& sizes, int finest);

  /** Takes in a picture of planes [3, height, width]. */
  void fill(ThreadPool& pool, const MotionKernel& kernel, const float* picture);

  PictureLevel level(int index) const;
  /** Sample (0, 0) of kWarpChannels each. */
  const float* samples() const { return interleaved_.data() + interleavedOffset(0); }
  /** In samples. */
  size_t samplesStride() const { return interleavedStride_; }

 private:
  struct Level {
    LevelSize size;
    MarginPlane luma;
    MarginPlane gradientX;
    MarginPlane gradientY;
  };

  size_t interleavedOffset(int y) const {
    return (static_cast<size_t>(y + kWarpMargin) * interleavedStride_ + kWarpMargin) * kWarpChannels;
  }
  void fillInterleavedSides(int y);

  std::vector<Level> levels_;
  int finest_;
  size_t interleavedStride_;
  AlignedArray<float> interleaved_;
};

}  // namespace clearcut
