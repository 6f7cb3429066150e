#pragma once

// What a micro-kernel sees. Kernels are compiled for processors that the rest can't count on, so this and
// all that they include must bring no inline function that the linker might share with others.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

enum class Activation { none, relu, prelu };

/** What happens to a sum after it was scaled; kernels/README.md has the order. */
struct Epilogue {
  float residualScale = 1;
  Activation activation = Activation::none;
  float power = 1;
  float powerGain = 1;
  int yZeroPoint = 0;
  bool toFloat = false;
};

/** Input bytes that one 64-bit lane sums at a time; channels of input and filter are filled up to this. */
constexpr size_t kGroup = 8;

/** Per-channel constants are filled up to this. */
constexpr size_t kChannelFill = 16;

/** One row of output pixels, for one block of output channels. */
struct Adder2dRow {
  /** kernelHeight rows of padded input, each from the leftmost byte that the first pixel sees. */
  const uint8_t* const* rows;
  size_t kernelHeight;
  /** kGroup-byte groups in a row of the window. */
  size_t groups;
  /** Bytes from one output pixel's window to the next. */
  size_t pixelStep;
  /** This block's, packed. */
  const uint8_t* weights;
  size_t pixels;
  const float* scale;
  const float* bias;
  const float* slope;
  /** Output channels of this block that exist. */
  size_t channels;
  /** At the first pixel and this block's first channel, like y; or null. */
  const uint8_t* residual;
  /** uint8_t or float, as the epilogue says. */
  void* y;
  /** Elements from one pixel of y, and of residual, to the next. */
  size_t yStep;
  const Epilogue* epilogue;
};

/**
 * A micro-kernel. It works on pairs of vectors; a vector has one output channel a lane and eight inputs in
 * every lane. Reads up to `pixelsAtOnce - 1` windows past the row's end.
 */
struct Adder2dKernel {
  const char* name;
  /** As people write it. */
  const char* isa;
  bool (*supported)();
  size_t lanes;
  size_t maxPairs;
  size_t pixelsAtOnce;
  /** Lane l of a pair's vectors holds channels 2l and 2l + 1; otherwise l and lanes + l. */
  bool interleaved;
  /** `pairs` is 1 … maxPairs. */
  void (*run)(const Adder2dRow& row, size_t pairs);
};

extern const Adder2dKernel kAdder2dU8Avx512;
extern const Adder2dKernel kAdder2dU8Avx2;
extern const Adder2dKernel kAdder2dU8Neon;
extern const Adder2dKernel kAdder2dU8Scalar;

}  // namespace clearcut
