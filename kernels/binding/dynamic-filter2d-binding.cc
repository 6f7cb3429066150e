#include "../dynamic-filter2d/dynamic-filter2d.h"
#include "../dynamic-filter2d/kernel-table.h"
#include "layer-binding.h"

namespace clearcut {

Napi::Value createDynamicFilter2d(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  DynamicFilter2dOptions options;
  options.groups = sizeOf(from, "groups");
  options.side = sizeOf(from, "side");
  options.stride = sizeOf(from, "stride");
  const DynamicFilter2dKernel& kernel = kernelByName(dynamicFilter2dKernels(), from);
  return handleOf(info.Env(), std::make_shared<const DynamicFilter2dLayer>(kernel, options));
}

std::unique_ptr<const Step> dynamicFilter2dStep(const StepArguments& step) {
  const Napi::Object& from = step.from;
  FeatureShape shape;
  shape.images = sizeOf(from, "n");
  shape.channels = sizeOf(from, "c");
  shape.height = sizeOf(from, "h");
  shape.width = sizeOf(from, "w");
  return std::make_unique<const DynamicFilter2dStep>(std::static_pointer_cast<const DynamicFilter2dLayer>(step.layer),
                                                     dataOf<float>(from.Get("x")), dataOf<float>(from.Get("logits")),
                                                     shape, dataOf<float>(from.Get("y")));
}

}  // namespace clearcut
