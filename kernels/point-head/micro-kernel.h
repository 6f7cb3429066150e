#pragma once

// What a micro-kernel sees; see adder2d/micro-kernel.h on what may be included here.

#include <stddef.h>

namespace clearcut {

/** Points that go through the layers together: whole tiles of every instruction set. */
constexpr size_t kPointsAtOnce = 48;
/** Outputs of a layer that are summed up together; layers are filled up to this. */
constexpr size_t kOutputsAtOnce = 4;

/** One map's values at one point, between four of its places. */
struct SampledPoint {
  const float* upperLeft;
  const float* upperRight;
  const float* lowerLeft;
  const float* lowerRight;
  float across;
  float down;
  size_t channels;
  /** [channels] */
  float* values;
};

/** A fully connected layer on kPointsAtOnce points. */
struct PointLayerRow {
  /** [inputs][kPointsAtOnce], first those of the layer before, then those that enter every layer. */
  const float* own;
  size_t ownInputs;
  const float* coarse;
  size_t coarseInputs;
  /** [outputs / kOutputsAtOnce][ownInputs + coarseInputs][kOutputsAtOnce] */
  const float* weights;
  const float* bias;
  size_t outputs;
  bool relu;
  /** [outputs][kPointsAtOnce] */
  float* result;
};

struct PointHeadKernel {
  const char* name;
  bool (*supported)();
  void (*sample)(const SampledPoint& point);
  void (*connect)(const PointLayerRow& row);
};

extern const PointHeadKernel kPointHeadF32Avx512;
extern const PointHeadKernel kPointHeadF32Avx2;
extern const PointHeadKernel kPointHeadF32Neon;
extern const PointHeadKernel kPointHeadF32Scalar;

}  // namespace clearcut
