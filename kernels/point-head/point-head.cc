#include "point-head.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace clearcut {
namespace {

/** The two places of an axis that a coordinate is between, and how far it is from the lower. */
struct Place {
  size_t low;
  size_t high;
  float share;
};

Place placeOf(float at, size_t stride, size_t length) {
  const float exact = at * (1.0f / static_cast<float>(stride)) - 0.5f;
  const float inside = std::min(exact > 0.0f ? exact : 0.0f, static_cast<float>(length - 1));
  const float low = std::floor(inside);
  const auto first = static_cast<size_t>(low);
  return {first, std::min(first + 1, length - 1), inside - low};
}

}  // namespace

PointHeadLayer::PointHeadLayer(const PointHeadKernel& kernel, const PointHeadOptions& options)
    : kernel_(kernel), maps_(options.maps), shapeValues_(options.shapeValues), coarse_(options.shapeValues) {
  for (size_t map = 0; map < maps_.size(); map++)
    (map + options.coarseMaps < maps_.size() ? fine_ : coarse_) += maps_[map].channels;
  for (const PointLayerOptions& layer : options.layers) {
    Packed packed;
    packed.inputs = layer.inputs;
    packed.outputs = (layer.outputs + kOutputsAtOnce - 1) / kOutputsAtOnce * kOutputsAtOnce;
    packed.weights.resize(packed.outputs * layer.inputs);
    packed.bias.resize(packed.outputs);
    std::copy(layer.bias, layer.bias + layer.outputs, packed.bias.data());
    for (size_t output = 0; output < layer.outputs; output++)
      for (size_t input = 0; input < layer.inputs; input++) {
        const size_t block = output / kOutputsAtOnce * layer.inputs + input;
        packed.weights.data()[block * kOutputsAtOnce + output % kOutputsAtOnce] =
            layer.weights[output * layer.inputs + input];
      }
    widest_ = std::max(widest_, packed.outputs);
    layers_.push_back(std::move(packed));
  }
}

/** A block of points, worked on by one thread. */
class PointHeadBlock {
 public:
  PointHeadBlock(const PointHeadStep& step, Scratch& scratch) : step_(step), layer_(*step.layer_) {
    size_t channels = 0;
    for (const auto& map : layer_.maps_) channels = std::max(channels, map.channels);
    const size_t rows = layer_.fine_ + layer_.coarse_ + 2 * layer_.widest_;
    const size_t count = rows * kPointsAtOnce + channels;
    auto* const memory = reinterpret_cast<float*>(scratch.bytes(count * sizeof(float)));
    std::fill(memory, memory + count, 0.0f);
    fine_ = memory;
    coarse_ = fine_ + layer_.fine_ * kPointsAtOnce;
    hidden_[0] = coarse_ + layer_.coarse_ * kPointsAtOnce;
    hidden_[1] = hidden_[0] + layer_.widest_ * kPointsAtOnce;
    values_ = hidden_[1] + layer_.widest_ * kPointsAtOnce;
  }

  void run(size_t block) {
    const size_t first = block * kPointsAtOnce;
    const size_t count = std::min(kPointsAtOnce, step_.count_ - first);
    for (size_t point = 0; point < count; point++) read(first + point, point);
    const float* own = fine_;
    for (size_t index = 0; index < layer_.layers_.size(); index++) {
      const PointHeadLayer::Packed& packed = layer_.layers_[index];
      float* const result = hidden_[index % 2];
      PointLayerRow row;
      row.own = own;
      row.ownInputs = packed.inputs - layer_.coarse_;
      row.coarse = coarse_;
      row.coarseInputs = layer_.coarse_;
      row.weights = packed.weights.data();
      row.bias = packed.bias.data();
      row.outputs = packed.outputs;
      row.relu = index + 1 < layer_.layers_.size();
      row.result = result;
      layer_.kernel_.connect(row);
      own = result;
    }
    std::memcpy(step_.y_ + first, own, count * sizeof(float));
  }

 private:
  /** Puts what is known of a point into column `at` of the inputs. */
  void read(size_t point, size_t at) {
    const float x = step_.points_[2 * point], y = step_.points_[2 * point + 1];
    // The fine inputs come first, the coarse ones right after them.
    float* target = fine_ + at;
    for (size_t map = 0; map < layer_.maps_.size(); map++) {
      const auto& [channels, stride] = layer_.maps_[map];
      const PointMap& source = step_.maps_[map];
      const Place across = placeOf(x, stride, source.width), down = placeOf(y, stride, source.height);
      const auto values = [&](size_t row, size_t column) {
        return source.data + (row * source.width + column) * channels;
      };
      layer_.kernel_.sample({values(down.low, across.low), values(down.low, across.high), values(down.high, across.low),
                             values(down.high, across.high), across.share, down.share, channels, values_});
      for (size_t channel = 0; channel < channels; channel++, target += kPointsAtOnce) *target = values_[channel];
    }
    for (size_t value = 0; value < layer_.shapeValues_; value++, target += kPointsAtOnce)
      *target = step_.shape_[point * layer_.shapeValues_ + value];
  }

  const PointHeadStep& step_;
  const PointHeadLayer& layer_;
  /** [inputs][kPointsAtOnce] */
  float* fine_ = nullptr;
  float* coarse_ = nullptr;
  /** Results of layers by turns. */
  float* hidden_[2] = {};
  float* values_ = nullptr;
};

Accesses PointHeadStep::accesses(size_t from, size_t to) const {
  const size_t first = from * kPointsAtOnce, end = std::min(count_, to * kPointsAtOnce);
  // One piece of memory that holds all maps: told too large, but there are as many of them as other operators have inputs.
  Access maps = reading(nullptr, 0, 0, 0);
  for (size_t index = 0; index < maps_.size(); index++) {
    const PointMap& map = maps_[index];
    const Access one = reading(map.data, layer_->maps_[index].channels * sizeof(float), 0, map.height * map.width);
    maps.begin = index == 0 ? one.begin : std::min(maps.begin, one.begin);
    maps.end = index == 0 ? one.end : std::max(maps.end, one.end);
  }
  return {{maps, reading(points_, 2 * sizeof(float), first, end),
           reading(shape_, layer_->shapeValues_ * sizeof(float), first, end),
           writing(y_, sizeof(float), first, end)}};
}

void PointHeadStep::run(size_t from, size_t to, Scratch& scratch) const {
  PointHeadBlock block(*this, scratch);
  for (size_t index = from; index < to; index++) block.run(index);
}

}  // namespace clearcut
