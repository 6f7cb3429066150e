#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>
#include <stdint.h>

namespace clearcut {

/** Outputs whose sums are added up across lanes together; weights and sums are filled up to this. */
constexpr size_t kOutputsAtOnce = 4;

/** Neighbours in a row and in a column of which a bicubic sample is made. */
constexpr size_t kBicubicTaps = 4;

/** Sums of one row of source pixels, all outputs. */
struct SubpixelConv2dRow {
  /** kernelHeight rows of padded codes, each from the leftmost one that the first pixel sees. */
  const uint8_t* const* rows;
  size_t kernelHeight;
  /** Vectors of codes in a row of the window; the last may reach beyond it, where weights are 0. */
  size_t groups;
  /** Codes from one pixel's window to the next. */
  size_t pixelStep;
  /** Packed: [block of kOutputsAtOnce outputs][kernel row][group][output][word]. */
  const int16_t* weights;
  size_t blocks;
  size_t pixels;
  /** [pixel][blocks * kOutputsAtOnce] */
  int32_t* sums;
};

/** One output row: sums to values, with the bicubic enlargement added. */
struct SubpixelRow {
  size_t blockSize;
  size_t pixels;
  /** Of the first pixel and this row's first phase; pixels lie sumsStep apart. */
  const int32_t* sums;
  size_t sumsStep;
  /** Added to a sum: what the zero point takes away. [blockSize], as scale and bias. */
  const int32_t* start;
  const float* scale;
  const float* bias;
  /** The skip, enlarged down to this row; two samples before and after the row are there. */
  const float* skip;
  /** Of each phase across: its first tap, from the pixel itself, and weights. */
  const int* firstTap;
  const float (*tapWeights)[kBicubicTaps];
  float* y;
};

/** A micro-kernel. Its sums read up to `pixelsAtOnce - 1` windows, and one vector, past the row's end. */
struct SubpixelConv2dKernel {
  const char* name;
  bool (*supported)();
  /** Codes in a vector. */
  size_t words;
  size_t pixelsAtOnce;
  void (*sum)(const SubpixelConv2dRow& row);
  /** v = ((k0 · r0 + k1 · r1) + k2 · r2) + k3 · r3, sample by sample of four rows. */
  void (*enlargeDown)(const float* const* rows, const float* weights, size_t count, float* v);
  void (*finish)(const SubpixelRow& row);
};

extern const SubpixelConv2dKernel kSubpixelConv2dI16Avx512;
extern const SubpixelConv2dKernel kSubpixelConv2dI16Avx2;
extern const SubpixelConv2dKernel kSubpixelConv2dI16Neon;
extern const SubpixelConv2dKernel kSubpixelConv2dI16Scalar;

}  // namespace clearcut
