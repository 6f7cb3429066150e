#include "../subpixel-conv2d/kernel-table.h"
#include "../subpixel-conv2d/subpixel-conv2d.h"
#include "layer-binding.h"

namespace clearcut {

Napi::Value createSubpixelConv2d(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  SubpixelConv2dOptions options;
  options.blockSize = sizeOf(from, "blockSize");
  options.kernelHeight = sizeOf(from, "kH");
  options.kernelWidth = sizeOf(from, "kW");
  options.cin = sizeOf(from, "cin");
  options.weights = dataOf<int16_t>(from.Get("w"));
  options.scale = dataOf<float>(from.Get("scale"));
  options.bias = dataOf<float>(from.Get("bias"));
  options.tapWeights = dataOf<float>(from.Get("tapWeights"));
  options.xZeroPoint = static_cast<uint8_t>(sizeOf(from, "xZeroPoint"));
  const SubpixelConv2dKernel& kernel = kernelByName(subpixelConv2dKernels(), from);
  return handleOf(info.Env(), std::make_shared<const SubpixelConv2dLayer>(kernel, options));
}

std::unique_ptr<const Step> subpixelConv2dStep(const StepArguments& step) {
  const Napi::Object& from = step.from;
  return std::make_unique<const SubpixelConv2dStep>(
      std::static_pointer_cast<const SubpixelConv2dLayer>(step.layer), dataOf<uint8_t>(from.Get("x")),
      dataOf<float>(from.Get("skip")), sizeOf(from, "n"), sizeOf(from, "h"), sizeOf(from, "w"),
      dataOf<float>(from.Get("y")));
}

}  // namespace clearcut
