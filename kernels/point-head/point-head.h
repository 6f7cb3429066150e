#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../cpu/aligned-array.h"
#include "../cpu/step.h"
#include "micro-kernel.h"

namespace clearcut {

/** A fully connected layer, checked by the caller. */
struct PointLayerOptions {
  const float* weights = nullptr;  // [outputs, inputs]
  const float* bias = nullptr;     // [outputs]
  size_t inputs = 0;
  size_t outputs = 0;
};

struct PointHeadOptions {
  struct Map {
    size_t channels = 0;
    size_t stride = 1;
  };
  std::vector<Map> maps;
  size_t coarseMaps = 0;
  size_t shapeValues = 0;
  std::vector<PointLayerOptions> layers;
};

/** A node with its weights packed. */
class PointHeadLayer : public Layer {
 public:
  PointHeadLayer(const PointHeadKernel& kernel, const PointHeadOptions& options);

 private:
  friend class PointHeadBlock;
  friend class PointHeadStep;

  struct Packed {
    AlignedArray<float> weights;
    AlignedArray<float> bias;
    size_t inputs;
    /** Filled up to kOutputsAtOnce. */
    size_t outputs;
  };

  const PointHeadKernel& kernel_;
  std::vector<PointHeadOptions::Map> maps_;
  size_t shapeValues_;
  size_t fine_ = 0;
  size_t coarse_ = 0;
  size_t widest_ = 0;
  std::vector<Packed> layers_;
};

/** A map of one picture, [height, width, channels]. */
struct PointMap {
  const float* data = nullptr;
  size_t height = 0;
  size_t width = 0;
};

/** One node's work. */
class PointHeadStep : public Step {
 public:
  PointHeadStep(std::shared_ptr<const PointHeadLayer> layer, std::vector<PointMap> maps, const float* points,
                const float* shape, size_t count, float* y)
      : layer_(std::move(layer)), maps_(std::move(maps)), points_(points), shape_(shape), count_(count), y_(y) {}

  /** Blocks of points. */
  size_t rows() const override { return (count_ + kPointsAtOnce - 1) / kPointsAtOnce; }
  Accesses accesses(size_t from, size_t to) const override;
  void run(size_t from, size_t to, Scratch& scratch) const override;

 private:
  friend class PointHeadBlock;

  std::shared_ptr<const PointHeadLayer> layer_;
  std::vector<PointMap> maps_;
  const float* points_;
  const float* shape_;
  size_t count_;
  float* y_;
};

}  // namespace clearcut
