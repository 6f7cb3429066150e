#include <utility>

#include "../point-head/kernel-table.h"
#include "../point-head/point-head.h"
#include "layer-binding.h"

namespace clearcut {

Napi::Value createPointHead(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  PointHeadOptions options;
  const auto maps = from.Get("maps").As<Napi::Array>();
  for (uint32_t i = 0; i < maps.Length(); i++) {
    const auto map = maps.Get(i).As<Napi::Object>();
    options.maps.push_back({sizeOf(map, "channels"), sizeOf(map, "stride")});
  }
  options.coarseMaps = sizeOf(from, "coarseMaps");
  options.shapeValues = sizeOf(from, "shapeValues");
  const auto layers = from.Get("layers").As<Napi::Array>();
  for (uint32_t i = 0; i < layers.Length(); i++) {
    const auto one = layers.Get(i).As<Napi::Object>();
    PointLayerOptions layer;
    layer.weights = dataOf<float>(one.Get("w"));
    layer.bias = dataOf<float>(one.Get("bias"));
    layer.outputs = one.Get("bias").As<Napi::TypedArray>().ElementLength();
    layer.inputs = one.Get("w").As<Napi::TypedArray>().ElementLength() / layer.outputs;
    options.layers.push_back(layer);
  }
  const PointHeadKernel& kernel = kernelByName(pointHeadKernels(), from);
  return handleOf(info.Env(), std::make_shared<const PointHeadLayer>(kernel, options));
}

std::unique_ptr<const Step> pointHeadStep(const StepArguments& step) {
  const Napi::Object& from = step.from;
  std::vector<PointMap> maps;
  const auto list = from.Get("maps").As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto map = list.Get(i).As<Napi::Object>();
    maps.push_back({dataOf<float>(map.Get("data")), sizeOf(map, "h"), sizeOf(map, "w")});
  }
  return std::make_unique<const PointHeadStep>(std::static_pointer_cast<const PointHeadLayer>(step.layer),
                                               std::move(maps), dataOf<float>(from.Get("points")),
                                               dataOf<float>(from.Get("shape")), sizeOf(from, "count"),
                                               dataOf<float>(from.Get("y")));
}

}  // namespace clearcut
