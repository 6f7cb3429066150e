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
struct SubpixelConv2dOptions {
  size_t blockSize = 1;
  size_t kernelHeight = 0;             // odd
  size_t kernelWidth = 0;              // odd
  size_t cin = 0;
  const int16_t* weights = nullptr;    // [s², kH, kW, Cin]
  const float* scale = nullptr;        // [s²]
  const float* bias = nullptr;         // [s²]
  const float* tapWeights = nullptr;   // [s, kBicubicTaps], of the phases of an axis
  uint8_t xZeroPoint = 0;
};

/** A layer with its weights packed for a kernel. */
class SubpixelConv2dLayer : public Layer {
 public:
  SubpixelConv2dLayer(const SubpixelConv2dKernel& kernel, const SubpixelConv2dOptions& options);

 private:
  friend class SubpixelConv2dBand;
  friend class SubpixelConv2dStep;

  void pack(const int16_t* weights);

  const SubpixelConv2dKernel& kernel_;
  SubpixelConv2dOptions options_;
  size_t outputs_;
  size_t blocks_;
  size_t groups_;
  AlignedArray<int16_t> packed_;
  /** [s²], zero point · −Σ w. */
  std::vector<int32_t> start_;
  std::vector<float> scale_;
  std::vector<float> bias_;
  std::vector<int> firstTap_;
  std::vector<float> tapWeights_;
};

/** One layer's work: codes [images, height, width, Cin] and planes [images, height, width] to planes s times as large. */
class SubpixelConv2dStep : public Step {
 public:
  SubpixelConv2dStep(std::shared_ptr<const SubpixelConv2dLayer> layer, const uint8_t* x, const float* skip,
                     size_t images, size_t height, size_t width, float* y)
      : layer_(std::move(layer)), x_(x), skip_(skip), images_(images), height_(height), width_(width), y_(y) {}

  /** Of the source: each makes s rows of the output. */
  size_t rows() const override { return images_ * height_; }
  Accesses accesses(size_t from, size_t to) const override;
  void run(size_t from, size_t to, Scratch& scratch) const override;

 private:
  friend class SubpixelConv2dBand;

  std::shared_ptr<const SubpixelConv2dLayer> layer_;
  const uint8_t* x_;
  const float* skip_;
  size_t images_;
  size_t height_;
  size_t width_;
  float* y_;
};

}  // namespace clearcut
