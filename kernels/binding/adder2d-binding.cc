#include <memory>
#include <string>

#include "../adder2d/adder2d.h"
#include "../adder2d/kernel-table.h"
#include "layer-binding.h"

namespace clearcut {
namespace {

Activation activationByName(const std::string& name) {
  if (name == "relu") return Activation::relu;
  return name == "prelu" ? Activation::prelu : Activation::none;
}

Adder2dOptions optionsFrom(const Napi::Object& from) {
  Adder2dOptions options;
  options.cout = sizeOf(from, "cout");
  options.kernelHeight = sizeOf(from, "kH");
  options.kernelWidth = sizeOf(from, "kW");
  options.cin = sizeOf(from, "cin");
  options.weights = dataOf<uint8_t>(from.Get("w"));
  options.scale = dataOf<float>(from.Get("scale"));
  options.bias = dataOf<float>(from.Get("bias"));
  if (isGiven(from.Get("slope"))) options.slope = dataOf<float>(from.Get("slope"));
  options.padTop = sizeOf(from, "padTop");
  options.padLeft = sizeOf(from, "padLeft");
  options.padBottom = sizeOf(from, "padBottom");
  options.padRight = sizeOf(from, "padRight");
  options.strideHeight = sizeOf(from, "strideH");
  options.strideWidth = sizeOf(from, "strideW");
  options.padCode = static_cast<uint8_t>(sizeOf(from, "padCode"));
  options.epilogue.residualScale = static_cast<float>(numberOf(from, "residualScale"));
  options.epilogue.activation = activationByName(from.Get("activation").As<Napi::String>());
  options.epilogue.power = static_cast<float>(numberOf(from, "power"));
  options.epilogue.powerGain = static_cast<float>(numberOf(from, "powerGain"));
  options.epilogue.yZeroPoint = static_cast<int>(sizeOf(from, "yZeroPoint"));
  options.epilogue.toFloat = from.Get("to").As<Napi::String>().Utf8Value() == "float32";
  return options;
}

}  // namespace

Napi::Value listAdder2dKernels(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  for (const Adder2dKernel* kernel : adder2dKernels()) {
    if (!kernel->supported()) continue;
    Napi::Object row = Napi::Object::New(info.Env());
    row["name"] = kernel->name;
    row["isa"] = kernel->isa;
    list[list.Length()] = row;
  }
  return list;
}

Napi::Value createAdder2d(const Napi::CallbackInfo& info) {
  const auto options = info[0].As<Napi::Object>();
  const Adder2dKernel& kernel = kernelByName(adder2dKernels(), options);
  return handleOf(info.Env(), std::make_shared<const Adder2dLayer>(kernel, optionsFrom(options)));
}

std::unique_ptr<const Step> adder2dStep(const StepArguments& arguments) {
  const Napi::Object& from = arguments.from;
  auto step = std::make_unique<Adder2dStep>();
  step->layer = std::static_pointer_cast<const Adder2dLayer>(arguments.layer);
  step->x = dataOf<uint8_t>(from.Get("x"));
  step->images = sizeOf(from, "n");
  step->height = sizeOf(from, "h");
  step->width = sizeOf(from, "w");
  if (isGiven(from.Get("residual"))) step->residual = dataOf<uint8_t>(from.Get("residual"));
  step->y = dataOf<void>(from.Get("y"));
  return step;
}

}  // namespace clearcut
