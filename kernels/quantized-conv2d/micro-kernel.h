#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

/** One row of output pixels, all channels. */
struct QuantizedConv2dRow {
  /** kernelHeight rows of padded input, each from the leftmost sample that the first pixel sees. */
  const int16_t* const* rows;
  size_t kernelHeight;
  /** Pairs of samples in a row of the window. */
  size_t pairs;
  /** Packed: [vector of output channels][kernel row][pair][lane][2], aligned to nothing. */
  const int16_t* weights;
  size_t pixels;
  /** Filled up to whole vectors, as bias. */
  const float* scale;
  const float* bias;
  size_t channels;
  bool relu;
  int yZeroPoint;
  /** Pixels of y lie `channels` apart. */
  uint8_t* y;
};

/** A micro-kernel. Reads up to `pixelsAtOnce - 1` windows past the row's end. */
struct QuantizedConv2dKernel {
  const char* name;
  bool (*supported)();
  /** Output channels in a vector. */
  size_t lanes;
  size_t pixelsAtOnce;
  void (*run)(const QuantizedConv2dRow& row);
};

extern const QuantizedConv2dKernel kQuantizedConv2dI16Avx512;
extern const QuantizedConv2dKernel kQuantizedConv2dI16Avx2;
extern const QuantizedConv2dKernel kQuantizedConv2dI16Neon;
extern const QuantizedConv2dKernel kQuantizedConv2dI16Scalar;

}  // namespace clearcut
