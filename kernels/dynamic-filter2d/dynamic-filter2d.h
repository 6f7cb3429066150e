#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "../cpu/step.h"
#include "micro-kernel.h"

namespace clearcut {

/** The attributes of a node, checked by the caller. */
struct DynamicFilter2dOptions {
  size_t groups = 1;
  size_t side = 3;
  size_t stride = 1;
};

/** A node's attributes and its kernel. */
class DynamicFilter2dLayer : public Layer {
 public:
  DynamicFilter2dLayer(const DynamicFilter2dKernel& kernel, const DynamicFilter2dOptions& options)
      : kernel_(kernel), options_(options) {}

 private:
  friend class DynamicFilter2dBand;
  friend class DynamicFilter2dStep;

  const DynamicFilter2dKernel& kernel_;
  DynamicFilter2dOptions options_;
};

/** Features of one size. */
struct FeatureShape {
  size_t images = 0;
  size_t channels = 0;
  size_t height = 0;
  size_t width = 0;
};

/** One node's work: features [images, channels, height, width] and logits to features of the size over the stride. */
class DynamicFilter2dStep : public Step {
 public:
  DynamicFilter2dStep(std::shared_ptr<const DynamicFilter2dLayer> layer, const float* x, const float* logits,
                      const FeatureShape& shape, float* y);

  /** Of the output, of every group after the one before: its channels share one row of filters. */
  size_t rows() const override { return shape_.images * layer_->options_.groups * height_; }
  Accesses accesses(size_t from, size_t to) const override;
  void run(size_t from, size_t to, Scratch& scratch) const override;

 private:
  friend class DynamicFilter2dBand;

  std::shared_ptr<const DynamicFilter2dLayer> layer_;
  const float* x_;
  const float* logits_;
  FeatureShape shape_;
  float* y_;
  size_t taps_;
  size_t groupChannels_;
  /** Of the output. */
  size_t height_;
  size_t width_;
};

}  // namespace clearcut
