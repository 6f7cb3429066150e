#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../cpu/aligned-array.h"
#include "../cpu/step.h"
#include "micro-kernel.h"

namespace clearcut {

/** The attributes and constants of a layer, checked by the caller. */
struct QuantizedConv2dOptions {
  size_t cout = 0;
  size_t kernelHeight = 0;           // odd
  size_t kernelWidth = 0;            // odd
  const int16_t* weights = nullptr;  // [Cout, kH, kW]
  const float* scale = nullptr;      // [Cout]
  const float* bias = nullptr;       // [Cout]
  float xLevels = 1;
  bool relu = false;
  int yZeroPoint = 0;
};

/** A layer with its weights packed for a kernel. */
class QuantizedConv2dLayer : public Layer {
 public:
  QuantizedConv2dLayer(const QuantizedConv2dKernel& kernel, const QuantizedConv2dOptions& options);

 private:
  friend class QuantizedConv2dStep;

  const QuantizedConv2dKernel& kernel_;
  QuantizedConv2dOptions options_;
  size_t pairs_;
  AlignedArray<int16_t> packed_;
  std::vector<float> scale_;
  std::vector<float> bias_;
};

/** One layer's work: float planes [images, height, width] to codes [images, height, width, Cout]. */
class QuantizedConv2dStep : public Step {
 public:
  QuantizedConv2dStep(std::shared_ptr<const QuantizedConv2dLayer> layer, const float* x, size_t images, size_t height,
                      size_t width, uint8_t* y)
      : layer_(std::move(layer)), x_(x), images_(images), height_(height), width_(width), y_(y) {}

  size_t rows() const override { return images_ * height_; }
  Accesses accesses(size_t from, size_t to) const override;
  void run(size_t from, size_t to, Scratch& scratch) const override;

 private:
  std::shared_ptr<const QuantizedConv2dLayer> layer_;
  const float* x_;
  size_t images_;
  size_t height_;
  size_t width_;
  uint8_t* y_;
};

}  // namespace clearcut
