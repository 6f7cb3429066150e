#include "frame-pyramid.h"

#include <algorithm>
#include <cmath>

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 16;

size_t filledUp(size_t count) { return (count + kMostLanes - 1) / kMostLanes * kMostLanes; }

}  // namespace

MarginPlane::MarginPlane(int width, int height)
    : width_(width), height_(height), stride_(filledUp(static_cast<size_t>(width + 2 * kMargin) + kMostLanes)) {
  samples_.resize(stride_ * static_cast<size_t>(height + 2 * kMargin + 1));
}

void MarginPlane::fillSides(int y) {
  float* const first = row(y);
  std::fill(first - kMargin, first, first[0]);
  std::fill(first + width_, first + width_ + kMargin, first[width_ - 1]);
}

void MarginPlane::fillEnds() {
  const float* const top = row(0) - kMargin;
  const float* const bottom = row(height_ - 1) - kMargin;
  for (int y = 1; y <= kMargin; y++) {
    std::copy(top, top + stride_, row(-y) - kMargin);
    std::copy(bottom, bottom + stride_, row(height_ - 1 + y) - kMargin);
  }
}

std::vector<LevelSize> pyramidSizes(int width, int height, int finest) {
  // The largest motion looked for grows with the picture; a level still holds a patch.
  const double longer = std::log2(std::max(width, height) / (4.0 * kPatch)) + 0.5;
  const double shorter = std::log2(std::min(width, height) / static_cast<double>(kPatch));
  const int coarsest = std::max(finest, static_cast<int>(std::floor(std::min(longer, shorter))));
  std::vector<LevelSize> sizes = {{width, height}};
  for (int level = 0; level < coarsest; level++)
    sizes.push_back({(sizes.back().width + 1) / 2, (sizes.back().height + 1) / 2});
  return sizes;
}

FramePyramid::FramePyramid(const std::vector<LevelSize>& sizes, int finest) : finest_(finest) {
  for (const LevelSize& size : sizes) {
    const bool searched = static_cast<int>(levels_.size()) >= finest;
    const LevelSize gradients = searched ? size : LevelSize{1, 1};
    levels_.push_back({size, MarginPlane(size.width, size.height), MarginPlane(gradients.width, gradients.height),
                       MarginPlane(gradients.width, gradients.height)});
  }
  interleavedStride_ = filledUp(static_cast<size_t>(sizes[0].width + 2 * kWarpMargin));
  interleaved_.resize(interleavedStride_ * static_cast<size_t>(sizes[0].height + 2 * kWarpMargin) * kWarpChannels);
}

void FramePyramid::fillInterleavedSides(int y) {
  const auto width = static_cast<size_t>(levels_[0].size.width);
  float* const first = interleaved_.data() + interleavedOffset(y);
  const float* const last = first + (width - 1) * kWarpChannels;
  for (size_t i = 1; i <= kWarpMargin; i++) {
    std::copy(first, first + kWarpChannels, first - i * kWarpChannels);
    std::copy(last, last + kWarpChannels, first + (width - 1 + i) * kWarpChannels);
  }
}

void FramePyramid::fill(ThreadPool& pool, const MotionKernel& kernel, const float* picture) {
  const auto width = static_cast<size_t>(levels_[0].size.width);
  const int height = levels_[0].size.height;
  const size_t area = width * static_cast<size_t>(height);
  pool.forRange(static_cast<size_t>(height), kLeastRows, [&](size_t from, size_t to, Scratch&) {
    for (size_t y = from; y < to; y++) {
      const float* const planes[3] = {picture + y * width, picture + area + y * width, picture + 2 * area + y * width};
      const int row = static_cast<int>(y);
      kernel.interleaveRow(planes, width, interleaved_.data() + interleavedOffset(row), levels_[0].luma.row(row));
      fillInterleavedSides(row);
      levels_[0].luma.fillSides(row);
    }
  });
  const size_t bytes = interleavedStride_ * kWarpChannels;
  for (int y = 1; y <= kWarpMargin; y++) {
    float* const start = interleaved_.data() - kWarpMargin * kWarpChannels;
    std::copy_n(start + interleavedOffset(0), bytes, start + interleavedOffset(-y));
    std::copy_n(start + interleavedOffset(height - 1), bytes, start + interleavedOffset(height - 1 + y));
  }
  levels_[0].luma.fillEnds();
  for (size_t index = 1; index < levels_.size(); index++) {
    const MarginPlane& source = levels_[index - 1].luma;
    Level& level = levels_[index];
    pool.forRange(static_cast<size_t>(level.size.height), kLeastRows, [&](size_t from, size_t to, Scratch&) {
      for (int y = static_cast<int>(from); y < static_cast<int>(to); y++) {
        kernel.halveRow(source.row(2 * y), source.row(2 * y + 1), level.luma.row(y), static_cast<size_t>(level.size.width));
        level.luma.fillSides(y);
      }
    });
    level.luma.fillEnds();
  }
  for (size_t index = static_cast<size_t>(finest_); index < levels_.size(); index++) {
    Level& level = levels_[index];
    pool.forRange(static_cast<size_t>(level.size.height), kLeastRows, [&](size_t from, size_t to, Scratch&) {
      for (int y = static_cast<int>(from); y < static_cast<int>(to); y++) {
        const auto width = static_cast<size_t>(level.size.width);
        float* const x = level.gradientX.row(y);
        float* const z = level.gradientY.row(y);
        kernel.gradientRow(level.luma.row(y - 1), level.luma.row(y), level.luma.row(y + 1), width, x, z);
        // There are none outside the picture; the kernel may have written beyond its end.
        std::fill(x + width, x + width + kMargin, 0.0f);
        std::fill(z + width, z + width + kMargin, 0.0f);
      }
    });
  }
}

PictureLevel FramePyramid::level(int index) const {
  const Level& level = levels_[static_cast<size_t>(index)];
  return {level.size.width,     level.size.height,        level.luma.stride(),
          level.luma.row(0),    level.gradientX.row(0),   level.gradientY.row(0)};
}

}  // namespace clearcut
