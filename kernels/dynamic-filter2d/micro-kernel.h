#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>

namespace clearcut {

constexpr size_t kMostFilterSide = 5;

/** The filters of one output row and one group. */
struct FilterWeightsRow {
  /** Of the first tap and pixel; taps lie tapStep apart. */
  const float* logits;
  size_t tapStep;
  size_t taps;
  /** At least a vector's. */
  size_t pixels;
  /** [taps][pixels] */
  float* weights;
};

/** One output row of one channel. */
struct FilteredRow {
  /** The window's rows, each padded and split into one phase for each column of a stride, phaseLength apart. */
  const float* const* rows;
  size_t phaseLength;
  size_t side;
  size_t stride;
  /** [side²][pixels] */
  const float* weights;
  /** At least a vector's. */
  size_t pixels;
  float* y;
};

/** A micro-kernel. Its last vector ends with the row and may do pixels again that the one before has done. */
struct DynamicFilter2dKernel {
  const char* name;
  bool (*supported)();
  /** Pixels in a vector. */
  size_t lanes;
  /** Softmax over the taps. */
  void (*weigh)(const FilterWeightsRow& row);
  void (*filter)(const FilteredRow& row);
  /** Every second sample from the first on, and from the second on. */
  void (*split)(const float* source, size_t pairs, float* even, float* odd);
};

extern const DynamicFilter2dKernel kDynamicFilter2dF32Avx512;
extern const DynamicFilter2dKernel kDynamicFilter2dF32Avx2;
extern const DynamicFilter2dKernel kDynamicFilter2dF32Neon;
extern const DynamicFilter2dKernel kDynamicFilter2dF32Scalar;

}  // namespace clearcut
