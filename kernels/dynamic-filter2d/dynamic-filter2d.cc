#include "dynamic-filter2d.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace clearcut {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

/** The place of a sample beyond the edge, which is not repeated. */
size_t reflected(size_t place, size_t reach, size_t length) {
  const size_t inside = place < reach ? reach - place : place - reach;
  return inside < length ? inside : 2 * (length - 1) - inside;
}

}  // namespace

DynamicFilter2dStep::DynamicFilter2dStep(std::shared_ptr<const DynamicFilter2dLayer> layer, const float* x,
                                         const float* logits, const FeatureShape& shape, float* y)
    : layer_(std::move(layer)),
      x_(x),
      logits_(logits),
      shape_(shape),
      y_(y),
      taps_(layer_->options_.side * layer_->options_.side),
      groupChannels_(shape.channels / layer_->options_.groups),
      height_((shape.height + layer_->options_.stride - 1) / layer_->options_.stride),
      width_((shape.width + layer_->options_.stride - 1) / layer_->options_.stride) {}

/** Some rows of a step, worked on by one thread. */
class DynamicFilter2dBand {
 public:
  DynamicFilter2dBand(const DynamicFilter2dStep& step, Scratch& scratch)
      : step_(step), kernel_(step.layer_->kernel_), options_(step.layer_->options_), reach_(options_.side / 2) {
    pixels_ = std::max(step.width_, kernel_.lanes);
    phaseLength_ = pixels_ + kMostFilterSide;
    rowLength_ = phaseLength_ * options_.stride;
    held_.assign(options_.side, kNone);
    const size_t ring = step.groupChannels_ * options_.side * rowLength_;
    const size_t weights = step.taps_ * pixels_;
    const size_t line = options_.stride * pixels_ + 2 * kMostFilterSide;
    auto* const memory = reinterpret_cast<float*>(scratch.bytes((ring + 2 * weights + line + pixels_) * sizeof(float)));
    // What lies beyond a row's end is read and counts for nothing.
    std::fill(memory, memory + ring + 2 * weights + line + pixels_, 0.0f);
    ring_ = memory;
    weights_ = ring_ + ring;
    logits_ = weights_ + weights;
    line_ = logits_ + weights;
    narrow_ = line_ + line;
  }

  /** Output row `row`, counted through all groups of all images. */
  void run(size_t row) {
    const size_t group = row / step_.height_;
    if (group != group_) std::fill(held_.begin(), held_.end(), kNone);
    group_ = group;
    weigh(row % step_.height_);
    for (size_t tap = 0; tap < options_.side; tap++) readRow(row % step_.height_ * options_.stride + tap);
    for (size_t channel = 0; channel < step_.groupChannels_; channel++) filter(row % step_.height_, channel);
  }

 private:
  void weigh(size_t row) {
    const size_t width = step_.width_;
    const size_t area = step_.height_ * width;
    FilterWeightsRow work;
    work.logits = step_.logits_ + group_ * step_.taps_ * area + row * width;
    work.tapStep = area;
    if (width < pixels_) {
      for (size_t tap = 0; tap < step_.taps_; tap++)
        std::memcpy(logits_ + tap * pixels_, work.logits + tap * area, width * sizeof(float));
      work.logits = logits_;
      work.tapStep = pixels_;
    }
    work.taps = step_.taps_;
    work.pixels = pixels_;
    work.weights = weights_;
    kernel_.weigh(work);
  }

  float* ringRow(size_t channel, size_t row) {
    return ring_ + (channel * options_.side + row % options_.side) * rowLength_;
  }

  /** Takes padded row `row` of every channel of the group into the ring. */
  void readRow(size_t row) {
    size_t& held = held_[row % options_.side];
    if (held == row) return;
    held = row;
    const size_t height = step_.shape_.height;
    const size_t width = step_.shape_.width;
    const float* source = step_.x_ + (group_ * step_.groupChannels_ * height + reflected(row, reach_, height)) * width;
    for (size_t channel = 0; channel < step_.groupChannels_; channel++, source += height * width) {
      float* const target = ringRow(channel, row);
      float* const line = options_.stride == 1 ? target : line_;
      std::memcpy(line + reach_, source, width * sizeof(float));
      for (size_t i = 0; i < reach_; i++) {
        line[i] = source[reach_ - i];
        line[reach_ + width + i] = source[width - 2 - i];
      }
      if (options_.stride == 2)
        kernel_.split(line, (width + 2 * reach_ + 1) / 2, target, target + phaseLength_);
    }
  }

  void filter(size_t row, size_t channel) {
    const float* rows[kMostFilterSide];
    for (size_t i = 0; i < options_.side; i++) rows[i] = ringRow(channel, row * options_.stride + i);
    const size_t width = step_.width_;
    float* const y = step_.y_ + ((group_ * step_.groupChannels_ + channel) * step_.height_ + row) * width;
    FilteredRow work;
    work.rows = rows;
    work.phaseLength = phaseLength_;
    work.side = options_.side;
    work.stride = options_.stride;
    work.weights = weights_;
    work.pixels = pixels_;
    work.y = width < pixels_ ? narrow_ : y;
    kernel_.filter(work);
    if (width < pixels_) std::memcpy(y, narrow_, width * sizeof(float));
  }

  const DynamicFilter2dStep& step_;
  const DynamicFilter2dKernel& kernel_;
  const DynamicFilter2dOptions& options_;
  size_t reach_;
  /** Of a row, or a vector's where that is more. */
  size_t pixels_ = 0;
  size_t phaseLength_ = 0;
  size_t rowLength_ = 0;
  size_t group_ = kNone;
  /** Which padded row each slot of the ring has. */
  std::vector<size_t> held_;
  /** [channels of a group][side] padded rows, row r in slot r % side, its phases one after the other. */
  float* ring_ = nullptr;
  float* weights_ = nullptr;
  /** Logits and the result of rows shorter than a vector. */
  float* logits_ = nullptr;
  float* narrow_ = nullptr;
  /** A padded row before it is split. */
  float* line_ = nullptr;
};

Accesses DynamicFilter2dStep::accesses(size_t, size_t) const {
  const size_t inputs = shape_.images * shape_.channels * shape_.height * shape_.width;
  const size_t area = shape_.images * height_ * width_;
  return {{reading(x_, sizeof(float), 0, inputs),
           reading(logits_, sizeof(float), 0, layer_->options_.groups * taps_ * area),
           writing(y_, sizeof(float), 0, shape_.channels * area)}};
}

void DynamicFilter2dStep::run(size_t from, size_t to, Scratch& scratch) const {
  DynamicFilter2dBand band(*this, scratch);
  for (size_t row = from; row < to; row++) band.run(row);
}

}  // namespace clearcut
