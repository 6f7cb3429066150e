#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../cpu/step.h"
#include "micro-kernel.h"

namespace clearcut {

/** The attributes and constants of a layer, checked by the caller. */
struct Adder2dOptions {
  size_t cout = 0;
  size_t kernelHeight = 0;
  size_t kernelWidth = 0;
  size_t cin = 0;
  const uint8_t* weights = nullptr;  // [Cout, kH, kW, Cin]
  const float* scale = nullptr;      // [Cout]
  const float* bias = nullptr;       // [Cout]
  const float* slope = nullptr;      // [Cout], PReLU only
  size_t padTop = 0;
  size_t padLeft = 0;
  size_t padBottom = 0;
  size_t padRight = 0;
  size_t strideHeight = 1;
  size_t strideWidth = 1;
  uint8_t padCode = 0;
  Epilogue epilogue;
};

/** A layer with its weights packed for a kernel. */
class Adder2dLayer : public Layer {
 public:
  Adder2dLayer(const Adder2dKernel& kernel, const Adder2dOptions& options);
  Adder2dLayer(const Adder2dLayer&) = delete;
  Adder2dLayer& operator=(const Adder2dLayer&) = delete;

  const Adder2dOptions& options() const { return options_; }
  size_t outputHeight(size_t height) const;
  size_t outputWidth(size_t width) const;

 private:
  friend struct Adder2dBand;

  struct Block {
    size_t firstChannel;
    size_t pairs;
    size_t weightsOffset;
  };

  void pack(const uint8_t* weights);

  const Adder2dKernel& kernel_;
  Adder2dOptions options_;
  size_t filledCin_;
  std::vector<Block> blocks_;
  std::vector<uint8_t> packed_;
  size_t packedStart_ = 0;
  std::vector<float> scale_;
  std::vector<float> bias_;
  std::vector<float> slope_;
};

/** One layer's work: images in NHWC. */
class Adder2dStep : public Step {
 public:
  size_t rows() const override { return images * layer->outputHeight(height); }
  Accesses accesses(size_t from, size_t to) const override;
  void run(size_t from, size_t to, Scratch& scratch) const override;

  std::shared_ptr<const Adder2dLayer> layer;
  const uint8_t* x = nullptr;
  size_t images = 0;
  size_t height = 0;
  size_t width = 0;
  const uint8_t* residual = nullptr;
  void* y = nullptr;
};

}  // namespace clearcut
