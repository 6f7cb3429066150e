#include "../quantized-conv2d/kernel-table.h"
#include "../quantized-conv2d/quantized-conv2d.h"
#include "layer-binding.h"

namespace clearcut {

Napi::Value createQuantizedConv2d(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  QuantizedConv2dOptions options;
  options.cout = sizeOf(from, "cout");
  options.kernelHeight = sizeOf(from, "kH");
  options.kernelWidth = sizeOf(from, "kW");
  options.weights = dataOf<int16_t>(from.Get("w"));
  options.scale = dataOf<float>(from.Get("scale"));
  options.bias = dataOf<float>(from.Get("bias"));
  options.xLevels = static_cast<float>(numberOf(from, "xLevels"));
  options.relu = from.Get("activation").As<Napi::String>().Utf8Value() == "relu";
  options.yZeroPoint = static_cast<int>(sizeOf(from, "yZeroPoint"));
  const QuantizedConv2dKernel& kernel = kernelByName(quantizedConv2dKernels(), from);
  return handleOf(info.Env(), std::make_shared<const QuantizedConv2dLayer>(kernel, options));
}

std::unique_ptr<const Step> quantizedConv2dStep(const StepArguments& step) {
  const Napi::Object& from = step.from;
  return std::make_unique<const QuantizedConv2dStep>(
      std::static_pointer_cast<const QuantizedConv2dLayer>(step.layer), dataOf<float>(from.Get("x")),
      sizeOf(from, "n"), sizeOf(from, "h"), sizeOf(from, "w"), dataOf<uint8_t>(from.Get("y")));
}

}  // namespace clearcut
